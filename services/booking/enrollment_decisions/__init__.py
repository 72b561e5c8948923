"""Decisions on many requests for enrollments at once, which may be taken back for some minutes."""
