"""A stand-in for FranceConnect v2: the OpenID Connect provider of the State through which people say who they are."""
