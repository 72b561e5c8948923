"""Invoices as PDF/UA-1 documents: tagged, in French, set by Typst from the layout of this service."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from typst import Compiler

LAYOUTS = Path(__file__).parents[1] / "layouts"
STANDARD: Final = "ua-1"


class Typesetter:
    """Sets one document at a time, in a thread: the compiler keeps its fonts between two documents."""

    def __init__(self) -> None:
        self._compiler: Compiler | None = None
        self._turn = asyncio.Lock()

    async def invoice(self, document: Mapping[str, Any], created_at: datetime) -> bytes:
        """The PDF of an invoice; the same content and creation time give the same bytes."""
        async with self._turn:
            return await asyncio.to_thread(self._set, "invoice.typ", json.dumps(document), created_at)

    def _set(self, layout: str, document: str, created_at: datetime) -> bytes:
        if self._compiler is None:
            # Imported only when a first document is asked for: fonts and compiler cost every process much memory.
            from typst import Compiler

            self._compiler = Compiler(root=LAYOUTS, ignore_system_fonts=True)
        pdf = self._compiler.compile(
            LAYOUTS / layout,
            format="pdf",
            sys_inputs={"invoice": document},
            pdf_standards=STANDARD,
            timestamp=created_at.replace(microsecond=0),
        )
        if not isinstance(pdf, bytes):
            raise TypeError("a PDF is one document")
        return pdf
