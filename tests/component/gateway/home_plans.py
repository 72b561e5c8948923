"""Who lives where, drawn at random; and how a word of a home is looked for in an answer."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

import httpx2
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
    """What an answer says, a PDF by its words."""
    if response.content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(response.content))
        return "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    return response.text


def is_in(word: str, text: str) -> bool:
    """Whether a word stands in a text; a number, as a whole one."""
    if word not in text:
        return False
    return not word.isdigit() or re.search(rf"(?<![\w-]){word}(?![\w-])", text) is not None


def spelled(cents: int) -> Iterator[str]:
    """An amount as answers and pages have it."""
    euros, rest = divmod(cents, 100)
    yield str(cents)
    for thousands in (f"{euros:,}", str(euros)):
        for space in (" ", "\u00a0", "\u202f"):
            yield f"{thousands.replace(',', space)},{rest:02}"
