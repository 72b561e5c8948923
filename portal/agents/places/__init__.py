"""Opening places."""
