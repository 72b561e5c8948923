"""Agents who sign in with the town's own provider: whose account an identity opens, how long that counts, and how leavers are ended."""
