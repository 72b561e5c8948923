"""A child's file for its family: health, authorizations, and who looked at it."""
