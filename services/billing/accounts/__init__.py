"""A household's account: what it owes, and what its prices are computed with."""
