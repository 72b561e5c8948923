"""Price grids: versions that never change, and the price of a day."""
