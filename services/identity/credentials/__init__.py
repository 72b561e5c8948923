"""Credentials: the user name and the password that a person chooses for themself."""
