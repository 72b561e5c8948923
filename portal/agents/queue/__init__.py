"""The agents' queue: everything that waits for a decision, whichever service has it, and the decision beside it."""
