"""Pages of public information."""
