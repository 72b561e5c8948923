"""Household files: opening one, finding one, reading one."""
