"""Households that are erased: the last word of the accounts before, and the names that invoices keep for as long as the law asks."""
