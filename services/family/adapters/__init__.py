"""What the family service reads from outside the portal."""
