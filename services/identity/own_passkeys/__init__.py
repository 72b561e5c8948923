"""The passkeys of whoever is signed in."""
