"""Circulars for agents: sending a procedure to a group, and following who answered."""
