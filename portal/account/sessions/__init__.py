"""Where one's own account has sessions open."""
