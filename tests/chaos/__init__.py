"""Faults of the whole portal. A package, so that its town ends with the tests of this folder."""
