"""The accounts of the agents: who they are, what they may do, and what waits for a second person."""
