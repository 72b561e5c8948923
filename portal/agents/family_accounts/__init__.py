"""The accounts of families as a whole: who was invited, who opened their space, and who never did."""
