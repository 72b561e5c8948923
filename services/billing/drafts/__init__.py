"""The draft of an invoice run: what each household would be invoiced, and what deserves a second look."""
