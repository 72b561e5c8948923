"""Everything that a family can open, on one page."""
