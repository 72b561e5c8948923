"""An invoice is set whatever its texts are: other scripts, symbols, characters that no font has, words that are too wide."""

import io
import json
import shutil
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from typst import Compiler, TypstError

from chassis.documents.glyphs import SUBSTITUTE, is_latin, shown
from chassis.documents.typesetting import MAIN, SHARED, CannotBeSet, Typesetter, font_folders, in_glyphs
from services.billing.app import LAYOUTS
from tests.support.printed import misplaced, pages_of

pytestmark = pytest.mark.anyio

ISSUED_AT = datetime(2026, 10, 2, 8, tzinfo=UTC)
A4_WIDTH = 595.3


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(LAYOUTS)


def invoice(
    child: str = "Lina", payer: str = "Camille L’Hôte", label: str = "Cantine", lines: int = 3
) -> dict[str, Any]:
    """The content of an invoice, with the texts that families and agents wrote."""
    explanation = {
        "tariff_label": label,
        "bracket_label": "Tranche 2",
        "quotient_cents": 75000,
        "is_maximum_for_want_of_quotient": False,
    }
    line = {
        "label": label,
        "child_first_name": child,
        "service_on": "2026-09-02",
        "quantity": 1,
        "share_basis_points": 10_000,
        "unit_cents": 920,
        "amount_cents": 920,
        "explanation": explanation,
    }
    town = {
        "full_name": "Ville de Valmont",
        "contact_address": ["1 place de la Mairie"],
        "contact_phone": "02 31 00 00 00",
        "contact_email": "enfance@valmont.example",
    }
    return {
        "town": town,
        "regie_label": "Régie enfance",
        "ways_to_pay": ["En ligne"],
        "complaint": ["Écrivez à la régie."],
        "number": "2026-000001",
        "period": "2026-10",
        "payer_name": payer,
        "payer_address": [label, "14000 Valmont"],
        "total_cents": 920 * lines,
        "credit_cents": 0,
        "issued_on": "2026-10-02",
        "due_on": "2026-10-31",
        "lines": [line] * lines,
    }


def words(pdf: bytes) -> str:
    """What a PDF says, in one line; letters of other scripts may come out in a compatible form."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "小明",
            "김민수",
            "さくら",
            "ไทย",
            "ＺＯＥ",
            "🎨 Atelier",
            "⚽ Foot",
            "Анна",
            "Ελένη",
            "Đặng Thị",
            "Ayşe Iğdır",
        ),
        *("محمد", "שרה", "हिन्दी", "தமிழ்", "বাংলা", "አማርኛ", "Գոհար", "ნინო", "ខ្មែរ", "မြန်မာ", "ລາວ", "❤️", "👩‍👩‍👧"),
    ],
)
async def test_every_script_and_symbol_is_shown(typesetter: Typesetter, text: str) -> None:
    """An invoice whose font lacks a character answered 503 for ever."""
    document = invoice(child=text, payer=text, label=text)
    assert SUBSTITUTE not in str(in_glyphs(document, typesetter.has_glyph))
    pdf = await typesetter.document("invoice.typ", document, ISSUED_AT)
    assert SUBSTITUTE not in words(pdf)


@pytest.mark.parametrize("text", ["ᠮᠣᠩᠭᠣᠯ", "ⵣ", "བོད", "\U0010fffd", "𓀀", "\ufdd0"])
async def test_a_character_that_no_font_has_is_seen_to_be_missing(typesetter: Typesetter, text: str) -> None:
    """What has no glyph is shown by a substitute, and costs nobody the invoice."""
    printed_text = words(await typesetter.document("invoice.typ", invoice(child=f"Zoé {text}", label=text), ISSUED_AT))
    assert f"Zoé {SUBSTITUTE}" in printed_text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12))
async def test_whatever_is_written_the_document_comes_out(typesetter: Typesetter, text: str) -> None:
    """No text is a permanent fault."""
    assert (await typesetter.document("invoice.typ", invoice(child=text, label=text, lines=1), ISSUED_AT)).startswith(
        b"%PDF"
    )


def test_without_other_fonts_and_substitutes_the_fault_is_there() -> None:
    """The negative control: the layout's own typeface alone, and the compiler refuses."""
    compiler = Compiler(ignore_system_fonts=True)
    sources = {MAIN: (LAYOUTS / "invoice.typ").read_bytes(), SHARED.name: SHARED.read_bytes()}
    for child, is_refused in (("Lina", False), ("小明", True)):
        with pytest.raises(TypstError) if is_refused else nullcontext():
            document = json.dumps(invoice(child))
            compiler.compile(sources, format="pdf", pdf_standards="ua-1", sys_inputs={"document": document})


async def test_a_layout_that_is_broken_is_told_from_a_text(tmp_path: Path) -> None:
    (tmp_path / "invoice.typ").write_text("#panic()")
    with pytest.raises(CannotBeSet):
        await Typesetter(tmp_path).document("invoice.typ", invoice(), ISSUED_AT)


LONG = {
    "a name of 79 letters": ("M" * 79, "Camille L’Hôte", "Cantine"),
    "a name of many words": ("Marie-Antoinette Josèphe Jeanne " * 2, "Camille L’Hôte", "Cantine"),
    "a word of 80 letters everywhere": ("W" * 80, "W" * 80 + " " + "M" * 80, "W" * 80),
}


@pytest.mark.parametrize(("child", "payer", "label"), LONG.values(), ids=LONG)
async def test_nothing_overlaps_or_leaves_the_page(typesetter: Typesetter, child: str, payer: str, label: str) -> None:
    """A first name of 79 letters squeezed its neighbours, and a long word left the page."""
    for boxes in pages_of(await typesetter.document("invoice.typ", invoice(child, payer, label), ISSUED_AT)):
        assert len(boxes) > 5
        assert misplaced(boxes, A4_WIDTH) == []


async def test_three_lines_of_a_long_name_stay_on_a_page(typesetter: Typesetter) -> None:
    """Three lines took two pages."""
    name = "Marie-Antoinette Josèphe Jeanne de Habsbourg-Lorraine Archiduchesse d’Autriche"
    assert len(pages_of(await typesetter.document("invoice.typ", invoice(name), ISSUED_AT))) == 1


async def test_words_that_are_never_cut_are_seen_to_leave(tmp_path: Path) -> None:
    """The negative control: a layout that cuts no word."""
    shutil.copytree(LAYOUTS, tmp_path / "layouts")
    layout = tmp_path / "layouts" / SHARED.name
    source = SHARED.read_text("utf-8")
    assert ".width <= place" in source
    layout.write_text(source.replace(".width <= place", ".width >= 0pt"), "utf-8")
    boxes = pages_of(await Typesetter(tmp_path / "layouts").document("invoice.typ", invoice("W" * 79), ISSUED_AT))[0]
    assert misplaced(boxes, A4_WIDTH) != []


async def test_months_are_elided_and_the_telephone_stays_on_a_line(typesetter: Typesetter) -> None:
    """« Facture de octobre », and a number that breaks."""
    pdf = PdfReader(io.BytesIO(await typesetter.document("invoice.typ", invoice(), ISSUED_AT)))
    text = pdf.pages[0].extract_text()
    assert "Facture d’octobre 2026" in text
    assert "02\u00a031\u00a000\u00a000\u00a000" in text
    assert "E-mail" in text


def test_what_cannot_be_seen_is_left_out() -> None:
    assert shown("a\u2060b\ufe0fc\u200e", is_latin) == "abc"
    assert shown("L’été à 9 h 30 – « Noël »\n", is_latin) == "L’été à 9 h 30 – « Noël »\n"
    assert shown("小明", is_latin) == SUBSTITUTE * 2


def test_a_document_keeps_its_shape() -> None:
    document = {"a": "x明", "b": ["明", 1, None], "c": {"d": ("明",)}}
    assert in_glyphs(document, is_latin) == {"a": "x\ufffd", "b": ["\ufffd", 1, None], "c": {"d": ["\ufffd"]}}


def test_the_fonts_come_with_their_licence() -> None:
    for folder in font_folders():
        (licence,) = folder.parent.glob(f"{folder.name}-*.dist-info/licenses/LICENSE")
        assert "SIL OPEN FONT LICENSE" in licence.read_text("utf-8").upper()


async def test_an_invoice_of_a_long_named_organization_stays_on_its_page(typesetter: Typesetter) -> None:
    content = invoice(payer="Association " + "de-sauvegarde-" * 8) | {
        "organization": {"contact_name": "Éléonore " + "Long-Nom-" * 10, "siret": "73282932000074", "rna": "W142000123"}
    }
    pdf = await typesetter.document("invoice.typ", content, ISSUED_AT)
    assert [misplaced(boxes, A4_WIDTH) for boxes in pages_of(pdf)] == [[]]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "732\u00a0829\u00a0320\u00a000074" in text


async def test_an_invoice_of_a_person_is_the_same_to_the_byte_as_if_there_were_no_organizations(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    layouts = shutil.copytree(LAYOUTS, tmp_path / "layouts")
    layout = (layouts / "invoice.typ").read_text()
    begins, ends = (
        layout.index('if "organization" in invoice {'),
        layout.index("} else [", layout.index("destinataire")),
    )
    (layouts / "invoice.typ").write_text(layout[:begins] + layout[ends:].replace("} else [", "[", 1))
    assert await typesetter.document("invoice.typ", invoice(), ISSUED_AT) == await Typesetter(layouts).document(
        "invoice.typ", invoice(), ISSUED_AT
    )
