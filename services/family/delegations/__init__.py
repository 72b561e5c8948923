"""Delegations: a parent lets somebody act for children of theirs until a day; seen by the household, limited, and ended by either parent."""
