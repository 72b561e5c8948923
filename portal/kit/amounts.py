"""Amounts as people type them."""

import re
from decimal import Decimal
from typing import Final

_TYPED: Final = re.compile(r"\d{1,9}([.,]\d{1,2})?")


def cents_typed(text: str) -> int | str:
    """The cents of an amount typed in euros (`12,5`, `1 250.00 €`); what is not an amount stays as it was typed."""
    compact = re.sub(r"[\s€]", "", text)
    if not _TYPED.fullmatch(compact):
        return text
    return int(Decimal(compact.replace(",", ".")) * 100)
