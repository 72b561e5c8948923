"""A household as a whole, as the screen of its file shows it to agents."""
