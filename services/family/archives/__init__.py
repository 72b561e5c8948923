"""Files that are put aside and taken up again, and what keeps one in use."""
