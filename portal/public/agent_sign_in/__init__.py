"""Signing in as an agent, with the account of the town hall."""
