"""Requests: what a family fills in and sends by a procedure of the town, and what agents decide."""
