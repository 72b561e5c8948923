"""Where a child goes to school, from a day until a day."""
