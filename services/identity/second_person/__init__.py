"""The second person: what gives somebody more of what is guarded waits until another agent confirms it."""
