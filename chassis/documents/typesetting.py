"""PDF/UA-1 documents: tagged, in French, set by Typst from a layout of the service that issues them.

The layout's own typeface comes with Typst; for scripts and symbols that it lacks, Noto stands in, from the packages
`manimgx-fonts` and `manimgx-fonts-cjk`. A character that no font has is shown by a substitute (font fallback: `glyphs.py`).
"""

import asyncio
import json
import mmap
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import structlog

from .glyphs import SUBSTITUTE, covered, is_latin, shown

SHARED: Final = Path(__file__).with_name("letter.typ")
"""What every layout of a service imports: how dates and amounts are written, and how a letter looks."""
MAIN: Final = "main.typ"
STANDARD: Final = "ua-1"
FONT_PACKAGES: Final = ("manimgx_fonts", "manimgx_fonts_cjk")

log = structlog.get_logger()


class CannotBeSet(Exception):
    """A document that the compiler refuses, whatever the characters of its texts: trying again changes nothing."""


class Typesetter:
    """Sets one document at a time, in a thread: the compiler keeps its fonts between two documents."""

    def __init__(self, layouts: Path) -> None:
        self._layouts = layouts
        self._loaded: tuple[Any, set[int]] | None = None
        self._turn = asyncio.Lock()

    def has_glyph(self, character: str) -> bool:
        """Whether a font of documents shows a character; a layout's own typeface shows no other."""
        return ord(character) in self._fonts()[1]

    async def document(self, layout: str, content: Mapping[str, Any], created_at: datetime) -> bytes:
        """The PDF that a layout makes of a content; the same content and creation time give the same bytes.

        Raises:
            CannotBeSet: nor can it be set later.
        """
        async with self._turn:
            return await asyncio.to_thread(self._set, layout, content, created_at)

    def _set(self, layout: str, content: Mapping[str, Any], created_at: datetime) -> bytes:
        from typst import TypstError

        try:
            return self._compile(layout, in_glyphs(content, self.has_glyph), created_at)
        except TypstError as error:
            # Marks that no font has together with their letter: each is there, and the cluster is not.
            # The compiler's words quote the text, so they stay out of the log.
            log.warning("document is set in Latin letters alone", error=type(error).__name__)
        try:
            return self._compile(layout, in_glyphs(content, is_latin), created_at)
        except TypstError as error:
            raise CannotBeSet(str(error)) from error

    def _fonts(self) -> tuple[Any, set[int]]:
        """The compiler, and the characters that the fonts beside its own have."""
        if self._loaded is None:
            # Imported only when a first document is asked for: fonts and compiler cost every process much memory.
            from typst import Compiler

            folders = font_folders()
            characters = {character for path in _font_files(folders) for character in _read_covered(path)}
            compiler = Compiler(ignore_system_fonts=True, font_paths=[*folders])
            self._loaded = (compiler, characters)
        return self._loaded

    def _sources(self, layout: str) -> dict[str, bytes]:
        own = (self._layouts / SHARED.name, SHARED)
        shared = next(path for path in own if path.exists())
        return {MAIN: (self._layouts / layout).read_bytes(), SHARED.name: shared.read_bytes()}

    def _compile(self, layout: str, content: Mapping[str, Any], created_at: datetime) -> bytes:
        pdf = self._fonts()[0].compile(
            self._sources(layout),
            format="pdf",
            sys_inputs={"document": json.dumps(content)},
            pdf_standards=STANDARD,
            timestamp=created_at.replace(microsecond=0),
        )
        if not isinstance(pdf, bytes):
            raise TypeError("a PDF is one document")
        return pdf


def in_glyphs(value: Any, is_covered: Callable[[str], bool]) -> Any:
    """A document whose texts can all be shown."""
    if isinstance(value, str):
        return shown(value, lambda character: character == SUBSTITUTE or is_covered(character))
    if isinstance(value, Mapping):
        return {name: in_glyphs(item, is_covered) for name, item in value.items()}
    return [in_glyphs(item, is_covered) for item in value] if isinstance(value, list | tuple) else value


def font_folders() -> list[Path]:
    """Where the fonts stand that back the layout's own up."""
    folders = []
    for name in FONT_PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise FileNotFoundError(f"the fonts of {name} are not installed")
        folders.append(Path(spec.origin).parent)
    return folders


def _font_files(folders: list[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in folder.iterdir() if path.suffix in (".ttf", ".otf", ".ttc"))


def _read_covered(path: Path) -> set[int]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return covered(content)
