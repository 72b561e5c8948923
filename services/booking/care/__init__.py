"""What children who come today need: read with a key made for each child, shown on the sheet of the day, each look noted."""
