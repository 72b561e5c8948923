"""Results of payments: looked up with the provider, judged, and applied once."""
