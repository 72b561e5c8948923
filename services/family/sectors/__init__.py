"""School sectors: which addresses belong to which school, tried before they count."""
