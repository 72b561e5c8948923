"""What the family service publishes (events) and answers (private HTTP models)."""
