"""Measures of the product against a bare peer, in the same run: `python -m tools.bench`."""
