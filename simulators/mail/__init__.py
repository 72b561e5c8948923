"""The mail catcher: a real SMTP server that keeps every message, and the pages and JSON interface that show them."""
