"""The commands of a document: its fenced blocks, with the words that follow the fence."""

import re
from dataclasses import dataclass

_FENCED = re.compile(r"^```([^\n`]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `sh running`, and its lines."""

    kind: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The commands, one a line."""
        return [line for line in self.text.splitlines() if line and not line.startswith("#")]


def blocks_of(document: str) -> list[Block]:
    """Every block of a document, in order.

    Raises ValueError for a fence that opens nothing, or says nothing of what it holds.
    """
    blocks = [Block(*match) for match in _FENCED.findall(document)]
    if document.count("```") != 2 * len(blocks):
        raise ValueError("a fence stands alone, or without a word")
    return blocks
