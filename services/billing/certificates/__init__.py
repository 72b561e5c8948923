"""Certificates of what was paid in a year."""
