"""Payments of invoices through the provider, and their receipts."""
