"""Who pays for a child's day: the payer of its home on that day, or those who share the child's days."""
