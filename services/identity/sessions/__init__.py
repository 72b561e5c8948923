"""Sessions: opening one, whose it is and what it still asks for, where an account has some open, and ending them."""
