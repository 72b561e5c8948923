"""Which characters the fonts of documents have, read from their `cmap` tables, and what stands for those that none has.

PDF/UA refuses a text that cannot be shown, and a name that was accepted must not cost a family its invoice.
"""

import struct
import unicodedata
from collections.abc import Callable, Iterator
from mmap import mmap
from typing import Final, TypeAlias

FontFile: TypeAlias = bytes | mmap

SUBSTITUTE: Final = "\ufffd"
VARIATION_SELECTORS: Final = range(0xFE00, 0xFE10)
LATIN: Final = (
    range(0x0250),
    range(0x1E00, 0x1F00),
    range(0x2010, 0x2028),
    range(0x202F, 0x2030),
    range(0x20AC, 0x20AD),
)


def covered(font: FontFile) -> set[int]:
    """The characters that a font file has a glyph for: of TrueType, OpenType, or a collection of them (`ttcf`).

    The layout of the tables is that of ISO/IEC 14496-22, "Open Font Format".
    """
    (count,) = struct.unpack_from(">L", font, 8) if font[:4] == b"ttcf" else (0,)
    starts = struct.unpack_from(f">{count}L", font, 12) if count else (0,)
    return {character for start in starts for character in _characters(font, _table(font, start, b"cmap"))}


def shown(text: str, is_covered: Callable[[str], bool]) -> str:
    """A text in which each character without a glyph is a visible substitute; what is invisible anyway is left out."""
    return "".join(
        character if is_covered(character) or character.isspace() else _substitute(character) for character in text
    )


def is_latin(character: str) -> bool:
    """Whether a character is of the letters and signs of European languages in Latin script, which every text font has."""
    return any(ord(character) in letters for letters in LATIN)


def _substitute(character: str) -> str:
    is_invisible = unicodedata.category(character) in ("Cc", "Cf") or ord(character) in VARIATION_SELECTORS
    return "" if is_invisible else SUBSTITUTE


def _table(font: FontFile, start: int, tag: bytes) -> int:
    """Where a table of the font that begins at `start` stands in the file."""
    (count,) = struct.unpack_from(">H", font, start + 4)
    for position in range(start + 12, start + 12 + 16 * count, 16):
        name, _checksum, offset, _length = struct.unpack_from(">4sLLL", font, position)
        if name == tag:
            return int(offset)
    raise ValueError(f"a font without the table {tag.decode()}")


def _characters(font: FontFile, cmap: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for position in range(cmap + 4, cmap + 4 + 8 * count, 8):
        _platform, _encoding, offset = struct.unpack_from(">HHL", font, position)
        (form,) = struct.unpack_from(">H", font, cmap + offset)
        if form == 4:
            yield from _segments(font, cmap + offset)
        elif form == 12:
            yield from _groups(font, cmap + offset)


def _groups(font: FontFile, table: int) -> Iterator[int]:
    """Format 12: groups of characters that follow one another."""
    (count,) = struct.unpack_from(">L", font, table + 12)
    for first, last, glyph in struct.iter_unpack(">LLL", font[table + 16 : table + 16 + 12 * count]):
        yield from range(first if glyph else first + 1, last + 1)


def _segments(font: FontFile, table: int) -> Iterator[int]:
    """Format 4: segments of the basic plane, whose glyphs are counted on or listed; glyph 0 means that there is none."""
    (doubled,) = struct.unpack_from(">H", font, table + 6)
    columns = [table + 14, *(table + 16 + doubled * number for number in range(1, 4))]
    for segment in range(doubled // 2):
        last, first, delta, offset = (struct.unpack_from(">H", font, column + 2 * segment)[0] for column in columns)
        for character in range(first, min(last, 0xFFFE) + 1):
            glyph = character
            if offset:
                place = columns[3] + 2 * segment + offset + 2 * (character - first)
                (glyph,) = struct.unpack_from(">H", font, place)
            if offset and not glyph:
                continue
            if (glyph + delta) % 0x10000:
                yield character
