"""A file that becomes two: whoever leaves it has one of their own from a day on."""
