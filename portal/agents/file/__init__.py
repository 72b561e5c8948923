"""The file of a household on one screen: what it is about in the head, and a tab for each kind of thing."""
