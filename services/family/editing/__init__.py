"""Who edits a form of a file: one agent at a time, by a lease that ends by itself."""
