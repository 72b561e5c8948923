"""Adults who come to a file that exists."""
