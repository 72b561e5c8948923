"""What a family and the service write to each other about a request."""
