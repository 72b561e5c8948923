"""The calendar of a family."""
