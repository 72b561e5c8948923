"""The work of imports: what each household of a file comes to now, and opening, updating and inviting, one household after another."""
