"""Open days are decided again when a quotient, a tariff, a payer, a residence or a share becomes known."""
