"""The people of a household, and those around its children."""
