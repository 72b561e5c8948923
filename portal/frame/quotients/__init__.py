"""Quotients of the CAF and the MSA, as families and agents ask for them."""
