"""Who is in a file, at the counter: people who come and go, who pays, and the civil status of each."""
