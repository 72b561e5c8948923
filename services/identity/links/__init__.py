"""Which identity of FranceConnect opens which account."""
