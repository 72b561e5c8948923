"""Files that may be of one household: comparing two, merging them, and separating them again."""
