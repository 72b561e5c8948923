"""The seed of the demonstration town: it does through the services' own interfaces what agents and a family would do."""
