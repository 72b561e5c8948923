"""Agents: the accounts of municipal agents, created by the town's own tools."""
