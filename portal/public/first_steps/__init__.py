"""The first steps after the first sign-in."""
