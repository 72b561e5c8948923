"""Custody: who answers for a child, and where the child lives, each from a day until a day."""
