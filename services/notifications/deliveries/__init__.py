"""The way of a message to the mail relay."""
