"""What was erased, kept apart from backups, for operators."""
