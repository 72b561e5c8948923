"""The billing service: prices, charges, invoices, the ledger and payments."""
