"""Data retention of the identity service."""
