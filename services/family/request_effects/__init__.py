"""What an accepted request does by itself to a household's file."""
