"""Who edits a form of a file or a draft: one at a time, by a lease that ends by itself."""
