"""What people and programs write into a cell."""
