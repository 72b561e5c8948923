"""Procedures: what the town has families ask for, as data, in versions."""
