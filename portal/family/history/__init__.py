"""What was done for a family, by whom and when."""
