"""Faults on purpose: a portal under light load loses processes, servers and messages, and its invariants are checked."""
