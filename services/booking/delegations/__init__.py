"""Delegations: what somebody may do for children whom a parent entrusted to them, who acts as that parent and never as more."""
