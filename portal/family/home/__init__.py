"""The home page of a family."""
