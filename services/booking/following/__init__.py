"""Enrollments that follow a file which became part of another one, and go back when the two are separated."""
