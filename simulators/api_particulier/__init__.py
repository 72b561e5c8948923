"""A stand-in for API Particulier v3 (DINUM): the family quotients of CAF and MSA, and no other of its interfaces."""
