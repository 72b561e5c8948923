"""HTTP on both sides: how operations are served, how others are called, what errors look like."""
