"""The identity service: accounts, invitations, sign-in, personal credentials and the acceptance of the terms."""
