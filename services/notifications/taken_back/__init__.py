"""Decisions that were taken back before anybody was told: what waits to be told of them is let go."""
