"""The procedures of the town, for everybody."""
