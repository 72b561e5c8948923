"""What a child's parents let the town do in a school year, and that its file is right for it."""
