"""Activities and the days on which they take place."""
