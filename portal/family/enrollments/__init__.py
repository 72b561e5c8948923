"""Enrollments of a family."""
