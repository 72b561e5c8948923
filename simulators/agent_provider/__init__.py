"""A stand-in for a town's own OpenID Connect provider, with which its agents sign in: one sign-in for everything, and an end for leavers."""
