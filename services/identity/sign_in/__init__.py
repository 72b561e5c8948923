"""Sign-in: which account a login names, and what a right password opens."""
