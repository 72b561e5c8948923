"""Family quotients: the means-test value that prices depend on, and the day from which each counts."""
