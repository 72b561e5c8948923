"""Permits: how often all processes together may call a system outside the town (a rate limiter that is shared)."""
