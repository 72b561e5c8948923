"""What becomes of files from outside: what they carry besides their pages goes, and what is made to harm is refused with its reason."""

import io
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from services.family.adapters.blobs import Blobs
from services.family.adapters.contents import Contents, Unusable, Workshop
from services.family.adapters.scanner import Clamd, NoScanner, ScanFailed, Scanner
from tests.component.family.clamd import EICAR, running_clamd
from tests.component.family.papers import jpeg, pdf

pytestmark = pytest.mark.anyio

CANARY = b"Quetzalcanari"
HEIC = Path(__file__).with_name("samples") / "two_colours.heic"


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def made(change: Callable[[Pdf], object], **options: object) -> bytes:
    """A PDF of one page after a change."""
    out = io.BytesIO()
    with Pdf.new() as one:
        one.add_blank_page()
        change(one)
        one.save(out, **options)  # type: ignore[arg-type]  # whatever pikepdf takes
    return out.getvalue()


def active(one: Pdf) -> None:
    """Scripts, a program to start, a file inside, a note, and words about who made it."""
    script = Dictionary(S=Name.JavaScript, JS=CANARY.decode())
    one.Root.OpenAction = script
    one.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([pikepdf.String("a"), script])))
    one.attachments["canary.exe"] = CANARY
    launch = Dictionary(S=Name.Launch, F=pikepdf.String(CANARY.decode()))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 10, 10]), A=launch)
    one.pages[0].obj.Annots = one.make_indirect(Array([one.make_indirect(note)]))
    one.pages[0].obj.AA = Dictionary(O=script)
    one.docinfo["/Author"] = CANARY.decode()


def bomb(one: Pdf) -> None:
    """A content of 400 MB that travels as 400 kB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(4_000_000)) for _ in range(100)) + packer.flush()
    stream = one.make_stream(b"")
    stream.write(packed, filter=Name.FlateDecode)
    one.pages[0].obj.Contents = stream


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "content_unknown"),
        (b"<html><script>alert(1)</script>", "content_unknown"),
        (b"GIF89a" + bytes(40), "content_unknown"),
        (b"PK\x03\x04" + jpeg(), "content_unknown"),
        (b"<svg/>\n" + pdf(), "content_unknown"),
        (jpeg()[:300], "content_broken"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "content_broken"),
        (b"%PDF-1.7\nnothing", "content_broken"),
        (b"%PDF-1.7\n" + jpeg(), "content_broken"),
        (b"\xff\xd8\xff\xe0" + b"MZ" * 100, "content_broken"),
        (png(20_000, 20_000), "content_too_large"),
        (pdf(*["page"] * 41), "content_too_long"),
        (made(bomb), "content_too_large"),
        (made(lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u")), "content_encrypted"),
    ],
)
async def test_what_is_no_document_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Unusable) as refused:
        await Workshop().page(content)
    assert str(refused.value) == reason


async def test_a_photograph_stands_upright_and_says_nothing_of_where_and_when() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    content = jpeg(400, 300, exif=exif, comment=CANARY) + b"PK\x03\x04" + CANARY
    kept = (await Workshop().page(content)).content
    assert CANARY not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.size, dict(shown.getexif()), shown.info.get("comment")) == ((300, 400), {}, None)


async def test_a_photograph_in_heic_is_kept_as_a_jpeg() -> None:
    """As a telephone makes them: blue on the left, red on the right."""
    kept = (await Workshop().page(HEIC.read_bytes())).content
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (64, 48))
        sides = [shown.getpixel((column, 24)) for column in (8, 56)]
    assert [side.index(max(side)) for side in sides if isinstance(side, tuple)] == [2, 0]


async def test_a_picture_without_colours_or_with_a_clear_ground_is_shown_on_white() -> None:
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        out = io.BytesIO()
        Image.new(mode, (40, 30)).save(out, "PNG")
        with Image.open(io.BytesIO((await Workshop().page(out.getvalue())).content)) as shown:
            assert (shown.mode, shown.size) == ("RGB", (40, 30)), mode
            assert shown.getpixel((5, 5)) == ((255, 255, 255) if mode in ("LA", "RGBA") else (0, 0, 0)), mode


async def test_of_a_pdf_nothing_is_kept_but_its_pages() -> None:
    content = made(active)
    assert CANARY in content
    kept = await Workshop().page(content)
    with Pdf.open(io.BytesIO(kept.content)) as shown:
        assert len(shown.pages) == kept.leaf_count == 1
        assert set(shown.Root.keys()) == {"/Type", "/Pages"}
        assert not set(shown.pages[0].obj.keys()) & {"/AA", "/Annots"}
        uncompressed = io.BytesIO()
        shown.save(uncompressed, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert CANARY not in uncompressed.getvalue()
    assert b"Launch" not in uncompressed.getvalue()
    leaf = await Workshop().leaf(kept.content, 1)
    assert leaf.startswith(b"\xff\xd8\xff")


def contents(tmp_path: Path, scanner: Scanner) -> Contents:
    return Contents(Workshop(), scanner, Blobs((tmp_path / "kept").as_uri()))


async def test_the_scanner_has_the_first_word_and_nothing_is_kept_without_it(tmp_path: Path) -> None:
    infected = jpeg() + EICAR
    assert (await contents(tmp_path, NoScanner()).taken(infected)).leaf_count == 1, "made anew, without what follows"
    async with running_clamd() as address:
        scanned = contents(tmp_path, Clamd(address))
        assert (await scanned.taken(jpeg())).leaf_count == 1
        with pytest.raises(Unusable) as refused:
            await scanned.taken(infected)
        assert str(refused.value) == "content_infected"
        with pytest.raises(ScanFailed):
            await scanned.taken(bytes(3_000_000))
    with pytest.raises(ScanFailed):
        await scanned.taken(jpeg())


async def test_a_folder_keeps_gives_lists_and_forgets(tmp_path: Path) -> None:
    blobs = Blobs((tmp_path / "a folder").as_uri())
    name = uuid4().hex
    assert await blobs.get(name) is None
    await blobs.put(name, CANARY)
    assert await blobs.get(name) == CANARY
    ((listed, written_at),) = [item async for some in blobs.listed() for item in some]
    assert listed == name
    assert written_at.utcoffset() == timedelta(0)
    await blobs.delete([name, name])
    assert await blobs.get(name) is None
