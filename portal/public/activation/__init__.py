"""Following an activation link."""
