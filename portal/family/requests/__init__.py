"""A family's requests: what it may ask the town for, filling in and sending, and what became of it."""
