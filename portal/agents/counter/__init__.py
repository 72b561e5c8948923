"""The counter: families and their requests."""
