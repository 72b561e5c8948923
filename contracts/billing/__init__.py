"""What the billing service publishes (events) and answers (private HTTP models)."""
