"""Asking for a space without an account."""
