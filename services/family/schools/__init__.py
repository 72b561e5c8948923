"""Schools of the town and their classes, year by year."""
