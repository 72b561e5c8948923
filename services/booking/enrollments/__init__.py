"""A child asks to join an activity; an agent decides."""
