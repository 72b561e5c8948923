"""Exports: lists that agents take away as files."""
