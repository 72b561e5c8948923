"""All that notifications reaches outside: the mail relay, the template engine."""
