"""The double-entry ledger and gapless numbers."""
