"""The online services that an account does without."""
