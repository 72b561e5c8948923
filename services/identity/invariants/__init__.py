"""Invariants: what always holds of accounts, checked by night and on demand."""
