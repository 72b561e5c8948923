"""What time takes from agents: roles that nobody uses, and changes that no second person decided."""
