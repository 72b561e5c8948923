"""Invariants: what always holds of money, checked by night and on demand."""
