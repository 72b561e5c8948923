"""Decisions on many things at once."""

PAGES: list[object] = []
