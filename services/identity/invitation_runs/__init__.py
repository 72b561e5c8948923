"""Runs of invitations: many families invited at once, from a file or by a choice, looked at before they are confirmed."""
