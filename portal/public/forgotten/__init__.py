"""A forgotten password, or a first access to a space that was never opened."""
