"""The second factor of agents: an authenticator application, and codes for its loss."""
