"""The link between one's space and FranceConnect."""
