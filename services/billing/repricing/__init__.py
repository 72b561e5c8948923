"""Open days are priced again when a quotient, a grid or an activity's tariff becomes known."""
