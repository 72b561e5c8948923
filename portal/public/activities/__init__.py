"""The public catalogue."""
