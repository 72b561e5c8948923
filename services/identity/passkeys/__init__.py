"""Passkeys (WebAuthn): a way in besides the password, and a proof of who somebody is."""
