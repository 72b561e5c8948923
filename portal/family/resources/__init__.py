"""A family's resources: its quotient and what it rests on, and declaring another one with a proof."""
