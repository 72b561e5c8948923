"""The work on a file from outside, in a process of its own with little memory and time: what decodes hostile bytes has no key, no address, no secret.

`page` makes a picture (JPEG, PNG, HEIC) one upright JPEG without metadata, and a PDF one that only shows its pages. `whole` makes one PDF of such files,
`leaf` a JPEG of one page of such a PDF, `portrait` a small JPEG of a picture.
Standard input is the files, each after its length in 8 bytes; standard output is a line of JSON, and the result after it. It imports nothing of ours, so that
it starts alone (`python -I`).
"""

import io
import json
import os
import re
import resource
import sys
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from PIL import Image, ImageOps

MEMORY_BYTES_MAX: Final = 768_000_000
CPU_SECONDS_MAX: Final = 20
PIXELS_MAX: Final = 64_000_000
"""Of a picture: more than the main camera of a telephone takes."""
EDGE_PIXELS: Final = 2_200
"""The longer edge of what is kept: a page of A4 at 190 dots an inch, which is read and printed well."""
PORTRAIT_PIXELS: Final = 240
"""The longer edge of somebody's picture: beside a name, on a screen of two dots to a point."""
QUALITY: Final = 80
LEAVES_MAX: Final = 40
PDF_STREAM_BYTES_MAX: Final = 150_000_000
"""Of all streams of a PDF together, unpacked."""
LENGTH_BYTES: Final = 8
A4_DOTS: Final = 190.0
LEAF_POINTS: Final = 842.0
LEAF_DOTS: Final = 140.0
"""A page of a PDF is shown as large as A4, at so many dots an inch."""
ORIENTATION: Final = 0x0112
"""The number in EXIF that says which way up a picture is."""

HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
PAGE_KEYS: Final = frozenset(
    {"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group", "/Parent"}
)
"""What a page keeps. Its actions, notes, fields and private data go."""
ACTIVE_KEYS: Final = ("/AA", "/OpenAction", "/JS", "/JavaScript", "/EF", "/AF", "/OPI", "/Metadata", "/PieceInfo")


class Unusable(Exception):
    """A file that is not kept, and why: the code of a refusal."""


def page(content: bytes) -> tuple[dict[str, Any], bytes]:
    """A file as it is kept."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    return _picture(content, EDGE_PIXELS)


def portrait(content: bytes) -> tuple[dict[str, Any], bytes]:
    """The picture of somebody, as large as a face needs to be known again."""
    if content.startswith(b"%PDF-"):
        raise Unusable("content_no_picture")
    return _picture(content, PORTRAIT_PIXELS)


def _format_of(content: bytes) -> str:
    """What a file is, by its first bytes alone."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "HEIF"
    raise Unusable("content_unknown")


def _picture(content: bytes, edge: int) -> tuple[dict[str, Any], bytes]:
    name = _format_of(content)
    if name == "HEIF":
        import pi_heif

        pi_heif.options.DECODE_THREADS = 1
        pi_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    try:
        with Image.open(io.BytesIO(content), formats=[name]) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise Unusable("content_too_large")
            kept = _small(opened, edge)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unusable("content_too_large") from error
    out = io.BytesIO()
    # Of the picture nothing goes along but its points: no place, no date, no name, no second picture.
    Image.frombytes("RGB", kept.size, kept.tobytes()).save(out, "JPEG", quality=QUALITY, optimize=True)
    return {"is_pdf": False, "leaf_count": 1}, out.getvalue()


def _small(opened: Image.Image, edge: int = EDGE_PIXELS) -> Image.Image:
    """A picture upright, no larger than can be read, on white. It gets small first: what follows costs its points again."""
    image: Image.Image = opened
    if opened.mode.startswith("I"):
        image = opened.point(lambda value: value / 256, "L")
    elif opened.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        image = opened.convert("RGBA" if "transparency" in opened.info else "RGB")
    turn = opened.getexif()
    image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    image.getexif()[ORIENTATION] = turn.get(ORIENTATION, 1)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA"):
        clear = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return image.convert("RGB")


def _pdf(content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        source = pikepdf.open(io.BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise Unusable("content_encrypted") from error
    with source, pikepdf.Pdf.new() as kept:
        if not 1 <= len(source.pages) <= LEAVES_MAX:
            raise Unusable("content_too_long" if len(source.pages) else "content_broken")
        _check_streams(source)
        # What was filled in and noted becomes part of the page, before the fields go.
        source.generate_appearance_streams()
        source.flatten_annotations("all")
        kept.pages.extend(source.pages)
        for leaf in kept.pages:
            for key in set(leaf.obj.keys()) - PAGE_KEYS:
                del leaf.obj[key]
        _without_active(kept)
        return {"is_pdf": True, "leaf_count": len(kept.pages)}, _saved(kept)


def _check_streams(pdf: pikepdf.Pdf) -> None:
    """Refuse what unpacks to more than a page needs."""
    left = PDF_STREAM_BYTES_MAX
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        left -= _unpacked_bytes(item, left)
        width, height = item.get("/Width", 0), item.get("/Height", 0)
        is_huge = item.get("/Subtype") == "/Image" and int(width) * int(height) > PIXELS_MAX
        if left < 0 or is_huge:
            raise Unusable("content_too_large")


def _unpacked_bytes(stream: pikepdf.Stream, most: int) -> int:
    """How long a stream is unpacked, as far as it matters."""
    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(one) for one in (filters if isinstance(filters, pikepdf.Array) else [filters])]
    raw = bytes(stream.read_raw_bytes())
    if names[:1] not in (["/FlateDecode"], ["/Fl"]):
        return len(raw)
    if len(names) > 1 and names[1] in ("/FlateDecode", "/Fl", "/LZWDecode", "/RunLengthDecode"):
        raise Unusable("content_too_large")
    try:
        return len(zlib.decompressobj().decompress(raw, most + 1))
    except zlib.error:
        return len(raw)


def _without_active(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            for key in ACTIVE_KEYS:
                if key in item:
                    del item[key]


def leaf(content: bytes, number: int) -> tuple[dict[str, Any], bytes]:
    """A page of a PDF as it is kept, the first being 1, as a picture. It is drawn by the typesetter of invoices, from memory: nothing is written anywhere."""
    import typst

    with pikepdf.open(io.BytesIO(content)) as pdf:
        left, low, right, high = (float(edge) for edge in pdf.pages[number - 1].mediabox)
        is_turned = int(pdf.pages[number - 1].obj.get("/Rotate", 0)) % 180 != 0
    width, height = max(abs(right - left), 1.0), max(abs(high - low), 1.0)
    width, height = (height, width) if is_turned else (width, height)
    edge = LEAF_POINTS / max(width, height)
    size = f"width: {max(width * edge, 1.0)}pt, height: {max(height * edge, 1.0)}pt"
    file = os.memfd_create("leaf")
    os.write(file, content)
    source = (
        f'#set page({size}, margin: 0pt)\n#image("/{file}", format: "pdf", page: {number}, width: 100%, height: 100%)'
    )
    drawn = typst.compile(  # type: ignore[call-overload]  # its types want all inputs of one kind
        source.encode(), root="/proc/self/fd", format="png", ppi=LEAF_DOTS, ignore_system_fonts=True
    )
    out = io.BytesIO()
    with Image.open(io.BytesIO(drawn), formats=["PNG"]) as picture:
        _small(picture).save(out, "JPEG", quality=QUALITY)
    return {"is_pdf": False, "leaf_count": 1}, out.getvalue()


def whole(files: list[bytes]) -> tuple[dict[str, Any], bytes]:
    """One PDF of files as they are kept, in their order."""
    with pikepdf.Pdf.new() as joined:
        for content in files:
            with pikepdf.open(io.BytesIO(content if content.startswith(b"%PDF-") else _as_pdf(content))) as part:
                joined.pages.extend(part.pages)
        return {"is_pdf": True, "leaf_count": len(joined.pages)}, _saved(joined)


def _as_pdf(picture: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as opened:
        opened.save(out, "PDF", resolution=A4_DOTS)
    return out.getvalue()


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    for name in ("/Info", "/ID"):
        if name in pdf.trailer:
            del pdf.trailer[name]
    pdf.remove_unreferenced_resources()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _parts(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        begin = at + LENGTH_BYTES
        at = begin + int.from_bytes(packed[at:begin], "big")
        yield packed[begin:at]


def work(task: str, packed: bytes) -> tuple[dict[str, Any], bytes]:
    """What a task comes to: its facts, or the code of a refusal, and its bytes."""
    try:
        files = list(_parts(packed))
        name, _, number = task.partition(" ")
        if name == "leaf":
            return leaf(files[0], int(number))
        if name == "portrait":
            return portrait(files[0])
        return whole(files) if name == "whole" else page(files[0])
    except Unusable as refused:
        return {"refused": str(refused)}, b""
    except MemoryError:
        return {"refused": "content_too_large"}, b""
    except Exception as error:  # decoders raise whatever comes to them at what somebody made up
        kind = re.sub(r"\W", "", type(error).__name__)
        return {"refused": "content_broken", "cause": kind}, b""


def main() -> None:
    """Do one task, within limits that its own process cannot raise again."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    packed = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(packed), len(packed)))
    facts, content = work(sys.argv[1], packed)
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
