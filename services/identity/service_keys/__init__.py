"""Service keys: what a service of the town hands to the people it knows, and what they open with it in the portal."""
