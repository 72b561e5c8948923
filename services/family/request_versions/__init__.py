"""Drafts whose procedure has a newer version, and going on by that."""
