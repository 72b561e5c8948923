"""Following the link that confirms an e-mail address."""
