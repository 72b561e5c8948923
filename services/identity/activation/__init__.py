"""Activation: the link and the temporary password that open an account for the first time, or again."""
