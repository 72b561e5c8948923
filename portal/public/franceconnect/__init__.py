"""Signing in through FranceConnect."""
