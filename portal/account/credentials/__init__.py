"""Changing one's own user name and password."""
