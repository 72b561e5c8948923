"""What agents certify for a family."""
