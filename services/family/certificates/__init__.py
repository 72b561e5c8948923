"""Certificates of who belongs to a household."""
