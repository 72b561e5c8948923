"""Families that ask for their address to be protected: read by whoever may protect it, and by nobody else."""
