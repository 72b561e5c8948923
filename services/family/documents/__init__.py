"""Documents: what families send of the kinds of the town, and what agents decide of it."""
