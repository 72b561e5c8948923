"""A family's own account: the user name and the password that it signs in with."""
