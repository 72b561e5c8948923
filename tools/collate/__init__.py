"""The order of names, for operators."""
