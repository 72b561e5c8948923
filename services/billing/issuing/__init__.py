"""The issue of a reviewed run: numbers, frozen lines, ledger and events in one commit for a batch of invoices."""
