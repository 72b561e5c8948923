"""Pages of schools, their classes and pupils, and of the change of classes of a whole school."""
