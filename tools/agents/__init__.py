"""The first agents of a town, whom nobody is there yet to create: those who manage the accounts of the others."""
