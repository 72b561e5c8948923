"""Addresses that nobody may find: taken out of the file, shown to whoever may see them, and put back."""
