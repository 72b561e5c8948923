"""Where the words of a PDF stand: a box for each piece of text that a page shows, from its operators and its fonts' widths."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

TOLERANCE = 0.5


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of text on its line, in points from the left and the bottom of the page."""

    left: float
    right: float
    baseline: float
    size: float

    def covers(self, other: "Box") -> bool:
        """Whether both would be printed over each other."""
        apart = abs(self.baseline - other.baseline) >= 0.6 * min(self.size, other.size)
        return not apart and min(self.right, other.right) - max(self.left, other.left) > TOLERANCE


def pages_of(pdf: bytes) -> list[list[Box]]:
    """The boxes of each page of a PDF as Typst writes it: text drawn left to right, each piece placed by a matrix of its own."""
    reader = PdfReader(io.BytesIO(pdf))
    return [list(_boxes(page, reader)) for page in reader.pages]


def misplaced(boxes: list[Box], width: float) -> list[Box]:
    """The boxes that leave a page of this width, or that cover another one."""
    leaving = [box for box in boxes if box.left < -TOLERANCE or box.right > width + TOLERANCE]
    covering = [box for number, box in enumerate(boxes) if any(box.covers(other) for other in boxes[:number])]
    return [*leaving, *covering]


def _boxes(page: PageObject, reader: PdfReader) -> Iterator[Box]:
    resources: Any = page["/Resources"]
    fonts = {name: _widths(font.get_object()) for name, font in resources["/Font"].items()}
    saved: list[tuple[float, ...]] = []
    place, matrix, widths, size = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), {}, 0.0
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"q":
            saved.append(place)
        elif operator == b"Q":
            place = saved.pop()
        elif operator == b"cm":
            place = _product([float(value) for value in operands], place)
        elif operator == b"Tf":
            widths, size = fonts[operands[0]], float(operands[1])
        elif operator == b"Tm":
            matrix = tuple(float(value) for value in operands)
        elif operator in (b"TJ", b"Tj"):
            shown = _product(matrix, place)
            length = _advance(operands[0] if operator == b"TJ" else operands, widths) * size / 1000
            yield Box(shown[4], shown[4] + length * shown[0], shown[5], size * abs(shown[3]))


def _product(first: Any, second: Any) -> tuple[float, ...]:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _advance(pieces: Any, widths: dict[int, float]) -> float:
    """The width of a run in thousandths of its size: two bytes for each glyph, and numbers that pull the next one back."""
    total = 0.0
    for piece in pieces:
        if isinstance(piece, int | float):
            total -= float(piece)
        else:
            codes = piece.original_bytes
            total += sum(widths.get(code, 0.0) for code in struct.unpack(f">{len(codes) // 2}H", codes))
    return total


def _widths(font: Any) -> dict[int, float]:
    """The widths of a composite font, from its `/W` array: `first [w w ...]` or `first last w`."""
    entries = list(font["/DescendantFonts"][0].get_object()["/W"])
    widths: dict[int, float] = {}
    while entries:
        first, second, *entries = entries
        if isinstance(second, list):
            widths |= {int(first) + number: float(width) for number, width in enumerate(second)}
        else:
            width, *entries = entries
            widths |= dict.fromkeys(range(int(first), int(second) + 1), float(width))
    return widths
