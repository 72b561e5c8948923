"""The accounts of a household's payers: what they owe, and what prices are computed with."""
