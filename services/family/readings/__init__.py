"""Readings: quotients of the CAF and the MSA, asked for through API Particulier, looked at, and taken."""
