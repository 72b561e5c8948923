"""What the notifications service publishes (events) and answers (private HTTP models)."""
