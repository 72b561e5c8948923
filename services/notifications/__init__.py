"""The notifications service: mails to families about what happened to them, and the outcome of their delivery."""
