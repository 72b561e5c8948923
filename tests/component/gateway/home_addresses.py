"""Where everything is that pages show of a society."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from contracts.certificates import CertificateKind
from tests.component.gateway.home_papers import page_of

WORDS: Final[Mapping[str, Sequence[str]]] = {
    "kind": (CertificateKind.HOUSEHOLD, CertificateKind.REGISTRATION, CertificateKind.PAYMENT),
    "step": ("1", "2", "3"),
    "code": ("creche_liste_attente", "creche_modification"),
}
"""What else than ids stands in addresses; certificates come in this order."""


def filled(path: str, pools: Mapping[str, Sequence[UUID]], others: Sequence[UUID]) -> Iterator[str]:
    """The addresses of a page: one for each thing that it can show, of a kind where it names one, and else of any."""
    names = re.findall(r"{(\w+):", path)
    values: dict[str, Sequence[object]] = {name: WORDS.get(name) or pools.get(name) or others for name in names}
    for number in range(max(map(len, values.values()), default=1)):
        given = {name: str(of[number % len(of)]) for name, of in values.items()}
        if "page_id" in given:
            given["page_id"] = str(page_of(given["document_id"], 0))
        yield re.sub(r"{(\w+):[^}]*}", lambda match, given=given: given[match[1]], path)
