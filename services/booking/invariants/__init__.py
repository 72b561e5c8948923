"""Invariants: what always holds of places and bookings, checked by night and on demand."""
