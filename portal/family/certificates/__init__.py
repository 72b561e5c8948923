"""What a family has certified."""
