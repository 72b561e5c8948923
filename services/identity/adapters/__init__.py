"""What identity wraps: key files and the slow password hash."""
