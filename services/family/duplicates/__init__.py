"""Files that may be of one household: which look alike, and which an agent keeps apart."""
