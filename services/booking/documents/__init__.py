"""Documents that activities ask for before a family enrolls a child or books its days: what is known of them, and what is still missing."""
