"""Messages: their notices, their recipients and the outcome of their delivery."""
