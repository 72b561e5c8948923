"""What the identity service publishes (events) and answers (private HTTP models)."""
