"""The household calendar: the state of each day, and why."""
