"""The people around a child who are no members of a home of it."""
