"""Invariants: what always holds of messages, checked by night and on demand."""
