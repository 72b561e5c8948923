"""The ways to providers of OpenID Connect and back, whoever goes them: what a provider must prove, and what is kept meanwhile."""
