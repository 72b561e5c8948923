"""Accounts: who has one, under which name and address, and what the households' files change about it."""
