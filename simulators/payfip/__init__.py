"""A stand-in for PayFiP, the State's online payment service for local authorities (Régie Web-service variant)."""
