"""What lists of accounts are narrowed by: choices of the address that the page knows."""

from collections.abc import Mapping, Sequence

from contracts.identity.accounts import LastSignIn
from portal.frame.visit import Visit
from portal.kit import Texts

Options = Mapping[str, Sequence[tuple[str, str]]]
"""The values of each filter with their labels, by the name of the filter."""


def chosen(visit: Visit, options: Options) -> dict[str, str]:
    """The choices of the address, by filter; what is none of the options is left out."""
    return {name: visit.query(name) for name, choices in options.items() if visit.query(name) in dict(choices)}


def last_sign_in_options(texts: Texts) -> Sequence[tuple[str, str]]:
    """When somebody signed in last."""
    return [(last.value, texts(f"agents.accounts.last_sign_in_of.{last}")) for last in LastSignIn]
