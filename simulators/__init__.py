"""Local stand-ins for the outside systems of a town, faithful to their published interfaces, for demonstrations and tests."""
