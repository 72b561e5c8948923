"""Proving once more who one is, for what the town asks this for; then the page that was left comes back."""
