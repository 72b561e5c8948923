"""Versions of what people correct from a page that may have grown old: entity tags (RFC 9110, 8.8.3) made of the values themselves."""

import hashlib


def version_of(*values: object) -> str:
    """Stands for these values, by their `repr`: the same ones have the same version."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]
