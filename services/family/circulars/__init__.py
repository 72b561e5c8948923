"""Circulars: a procedure about a child that the town sends to a whole group, who answered, and who is reminded."""
