"""Two files of one household: what a merge makes of them, the merge, and its undoing."""
