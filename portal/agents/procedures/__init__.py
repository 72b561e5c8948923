"""Procedures for agents: what counts, and publishing a new version of it."""
