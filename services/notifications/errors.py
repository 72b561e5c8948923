"""What the notifications service refuses besides what every service does: nothing so far."""
