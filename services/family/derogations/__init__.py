"""Derogations: a family asks for another school than the sector's, and the town decides."""
