"""Amounts and counts as people type them."""

import re
from decimal import Decimal
from typing import Final

_AMOUNT: Final = re.compile(r"[0-9]{1,9}([.,][0-9]{1,2})?")
_COUNT: Final = re.compile(r"[0-9]{1,9}")


def cents_typed(text: str) -> int | str:
    """The cents of an amount typed in euros (`12,5`, `1 250.00 €`); what is not an amount stays as it was typed,
    and no request takes a text for an amount."""
    compact = re.sub(r"[\s€]", "", text)
    if not _AMOUNT.fullmatch(compact):
        return text
    return int(Decimal(compact.replace(",", ".")) * 100)


def count_typed(text: str) -> int | str:
    """The number that was typed (`30`, `1 000`); what is not one stays as it was typed."""
    compact = re.sub(r"\s", "", text)
    return int(compact) if _COUNT.fullmatch(compact) else text
