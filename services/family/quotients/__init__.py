"""Family quotients: what a household is worth to a tariff, and from which day."""
