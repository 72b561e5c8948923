"""Invoices of a family and their payment."""
