"""One client for each service: typed calls of its private HTTP interface, on behalf of whoever asks."""
