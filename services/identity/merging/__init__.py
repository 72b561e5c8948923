"""Merging: two accounts of one human that become one, and are separated again while that is possible."""
