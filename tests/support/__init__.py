"""What tests of several levels share: databases, running services, signed actors, polling."""
