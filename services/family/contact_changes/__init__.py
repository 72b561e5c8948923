"""How adults are reached, as they correct it themselves: at once, or as a request that an agent decides."""
