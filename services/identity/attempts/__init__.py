"""How often somebody may try: a password, a key, a code, or ask for a new password."""
