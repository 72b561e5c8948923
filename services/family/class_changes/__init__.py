"""Changes of classes of a whole school for the next year."""
