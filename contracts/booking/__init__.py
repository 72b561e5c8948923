"""What the booking service publishes (events) and answers (private HTTP models)."""
