"""Addresses as they are compared, the town's copy of the national address base, and what is not in it."""
