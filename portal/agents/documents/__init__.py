"""Documents that families sent, for agents: the list of those that wait, one beside its decision, and those of a file."""
