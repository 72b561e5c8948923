"""Requests for a space by people whom no file names: asked by anybody, decided by an agent."""
