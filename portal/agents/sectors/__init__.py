"""Pages about addresses, school sectors and derogations."""
