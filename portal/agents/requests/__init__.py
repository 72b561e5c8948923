"""Requests that families sent, for agents: the list, and one beside its pieces, its thread and its decision."""
