"""For how long what was invoiced is evidence."""

from typing import Final

INVOICE_YEARS: Final = 10
"""For how many years after that of its issue an invoice is kept, in a town that says nothing else. Source: Code de commerce, L123-22."""
