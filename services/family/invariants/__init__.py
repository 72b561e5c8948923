"""Invariants: what always holds of files, checked by night and on demand."""
