"""Who lives where, drawn at random; and how a word of a home is looked for in an answer."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from uuid import UUID

import httpx2
from PIL import Image
from pypdf import PdfReader


@dataclass(frozen=True)
class Plan:
    """Who lives where: adults and children by name, for each home. `carers` have a child in care by a decision; `kept_out` are adults whom a
    decision takes authority from, `bystanders` those who never had any; `left` are adults who belong to a home no more."""

    homes: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    kept_out: frozenset[tuple[str, str]] = frozenset()
    bystanders: frozenset[tuple[str, str]] = frozenset()
    carers: frozenset[tuple[str, str]] = frozenset()
    left: frozenset[tuple[str, str]] = frozenset()

    @property
    def adults(self) -> tuple[str, ...]:
        """Every adult, once."""
        return tuple(dict.fromkeys(name for adults, _ in self.homes.values() for name in adults))

    def homes_of(self, adult: str) -> frozenset[str]:
        """The homes that an adult belongs to today."""
        return frozenset(
            home for home, (adults, _) in self.homes.items() if adult in adults and (adult, home) not in self.left
        )

    def answers_for(self, adult: str, child: str) -> bool:
        """Whether no decision keeps an adult from a child of their home, or one gives it to them in care."""
        return (adult, child) not in (self.kept_out | self.bystanders) - self.carers


@dataclass(frozen=True)
class HomePaper:
    """A paper of a home, with the words by which it is known: for everybody there, for one adult alone, or for those who answer for a child."""

    what: str
    paper_id: UUID
    home: str
    words: tuple[str, ...]
    adult: str | None = None
    child: str | None = None

    def is_for(self, plan: Plan, adult: str) -> bool:
        """Whether an adult may read it."""
        is_theirs = self.home in plan.homes_of(adult) and self.adult in (None, adult)
        return is_theirs and (self.child is None or plan.answers_for(adult, self.child))


def drawn(random: Random) -> Plan:
    """Two homes of a child, with what life may bring: stepchildren, half-brothers, a third file, a grandmother, a judgment, a placement, a leaver."""
    shared = ("shared", *(("twin",) if random.random() < 0.3 else ()))
    mother = ("mother", *random.choice([("stepfather",), ("grandmother",), ()]))
    father = ("father", *random.choice([("partner",), ("leaver",), ()]))
    homes = {
        "first": (mother, (*shared, *(("step",) if random.random() < 0.6 else ()))),
        "second": (father, (*shared, *(("half",) if random.random() < 0.6 else ()))),
    }
    if random.random() < 0.5:
        homes["third"] = (("mother",), ("cousin",))
        homes["fourth"] = (("mother",), ("nephew",))
    others = {(name, child) for name in (*mother[1:], *father[1:]) if name != "leaver" for child in shared}
    fate = random.choice(["both", "kept_out", "placed"])
    return Plan(
        homes,
        kept_out=frozenset(("father", child) for child in shared) if fate == "kept_out" else frozenset(),
        bystanders=frozenset(others),
        carers=frozenset(("father", child) for child in shared) if fate == "placed" else frozenset(),
        left=frozenset({("leaver", "second")} if "leaver" in father else ()),
    )


def text_of(response: httpx2.Response) -> str:
    """What an answer says: a PDF by its words, a picture by its colour, an archive by what is in it."""
    return _said(response.content) or response.text


def _said(content: bytes) -> str | None:
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        return "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [archive.read(name) for name in archive.namelist()]
        return "\n".join(_said(file) or file.decode() for file in files)
    if content.startswith((b"\xff\xd8", b"\x89PNG")):
        with Image.open(io.BytesIO(content)) as image:
            point = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
        assert isinstance(point, tuple)
        return pictured("".join("ff" if part > 127 else "00" for part in point))
    return None


def pictured(colour: str) -> str:
    """The word for a picture of one colour."""
    return f"[a picture in {colour}]"


def is_in(word: str, text: str) -> bool:
    """Whether a word stands in a text; a number, also that of an invoice, as a whole one."""
    if word not in text:
        return False
    return re.fullmatch(r"[\d-]+", word) is None or re.search(rf"(?<![\w-]){word}(?![\w-])", text) is not None


def spelled(cents: int) -> Iterator[str]:
    """An amount as answers and pages have it."""
    euros, rest = divmod(cents, 100)
    yield str(cents)
    for thousands in (f"{euros:,}", str(euros)):
        for space in (" ", "\u00a0", "\u202f"):
            yield f"{thousands.replace(',', space)},{rest:02}"
