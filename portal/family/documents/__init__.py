"""A family's own documents: what it keeps with the town, and sending one."""
