"""Invariants between services: what no database alone can say, compared by an operator with roles that only read.

Services are at work meanwhile, so that one may know what another will in a moment: what differs is looked at twice, and counts when it
still does. Counts and hashes travel, never what they are of.
"""
