"""How the portal is put to work: on one's own machine, and for each town profile."""
