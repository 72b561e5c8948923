"""Requests on paper: what an adult asks at the counter, typed by an agent and sent at once."""
