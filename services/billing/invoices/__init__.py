"""Issued invoices, their lines and their PDF."""
