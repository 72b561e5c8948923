"""Terms: the town's general conditions, the proof that they were served to their end, and their acceptance."""
