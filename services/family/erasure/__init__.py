"""Erasing a household: what nobody else needs goes, everybody is told, and the keys of what stays sealed elsewhere are destroyed."""
