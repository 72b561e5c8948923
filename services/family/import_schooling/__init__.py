"""Where a file of households says that children go to school: what its cells mean among the schools and classes of the town, and how that is kept."""
