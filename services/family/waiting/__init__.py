"""What waits for an agent in the files of households: one list over every kind, and who looks after what."""
