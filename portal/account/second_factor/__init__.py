"""The second factor of whoever is signed in."""
