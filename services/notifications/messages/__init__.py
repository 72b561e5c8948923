"""Messages: what there is to tell, to whom, and how its delivery went."""
