"""Choosing which online services of the town one uses."""
