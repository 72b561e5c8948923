"""Addresses that nobody may find: which ones, since when and why."""
