"""The seed of a town: it does through the services' own interfaces what agents and families would do, as `seed.toml` says it."""
