"""Sign-in: sessions, how often a password may be tried, and the signed token that other services check."""
