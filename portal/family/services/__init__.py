"""Services of the town that a family opens with a key: entering one later, and what each of them shows."""
