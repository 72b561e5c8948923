"""Corrections of a civil status, and children to be added, that families make or ask for."""
