"""An OpenID Connect provider that trusts nobody, for stand-ins of real ones: each adds what is its own interface."""
