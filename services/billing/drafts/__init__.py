"""The draft of an invoice run: what each payer would be invoiced, and what deserves a second look."""
