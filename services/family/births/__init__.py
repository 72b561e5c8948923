"""Children who are expected: noted before they are born, the same child afterwards."""
