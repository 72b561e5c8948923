"""Persons: the adults whom an account stands for, and who of them acts in a session."""
