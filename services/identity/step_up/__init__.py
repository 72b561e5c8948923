"""Step-up: proving once more who one is, before the acts that the town asks this for."""
