"""Requests for enrollments as part of the agents' queue: what waits, and who looks after what."""
