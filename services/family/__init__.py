"""The family service: the file of each household - its guardians, its children, its family quotients."""
