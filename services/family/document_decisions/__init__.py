"""What agents decide of documents: of one, and of many at once, which may be taken back for some minutes."""
