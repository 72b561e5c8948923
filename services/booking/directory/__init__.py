"""Who is guardian of whom: a replica of the family service's households."""
