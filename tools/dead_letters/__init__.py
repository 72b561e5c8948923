"""Dead letters for operators: list and show them, drive their records again, or decide to do without them."""
