"""What waits for an agent."""
