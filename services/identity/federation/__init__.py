"""Signing in through FranceConnect: the identity that comes back, and the account that it opens."""
