"""Certificates of enrollments, and of the days on which a child was there."""
