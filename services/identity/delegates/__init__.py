"""Delegates: accounts of those whom families let act for them, and who have no family here themselves."""
