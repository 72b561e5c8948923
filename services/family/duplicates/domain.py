"""Which names two files may have for one person. Pure; the database asks nearly the same of all files at once (`queries.py`)."""

from chassis.comparing import comparable_name, glued, is_near

Name = tuple[str, str]
"""A first name and a last name."""


def is_alike(one: Name, other: Name) -> bool:
    """Whether two names are one in two spellings: but for accents, spaces, hyphens and one typing error in each, or the wrong way round."""
    if comparable_name(*one) in (comparable_name(*other), comparable_name(*reversed(other))):
        return True
    return all(is_near(glued(mine), glued(theirs)) for mine, theirs in zip(one, other, strict=True))
