"""What files lack, or say against each other."""
