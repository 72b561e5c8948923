"""The town's profile file: who the town is, and one table for each service that reads its own policies from it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from chassis.collation import Collation, Particles
from chassis.french import sentence_start
from contracts.http import TEXT
from contracts.school_holidays import SchoolZone

SectionT = TypeVar("SectionT", bound=BaseModel)

ANSWER_DAYS: Final = 5


class TownSection(BaseModel):
    """The base of every table of a town file: strict, so that a misspelt setting is said at start-up."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Town(TownSection):
    """The `[town]` table: the identity that every part of the product may show."""

    name: str
    full_name: str
    article: str = "La"
    """What stands before `full_name` in a sentence: `La`, `Le`, `L’`; empty for a name that takes none."""
    authority: str = Field(default="la mairie", pattern=r"^(?:la |le |l’)[^{}]+$")
    """What runs the portal, as sentences call it, with its article: `la mairie`, `le syndicat`, `l’agglo`."""
    time_zone: str = "Europe/Paris"
    school_zone: SchoolZone | None = None
    """Whose school holidays the town has; none for a town of which this release has no calendar."""
    answer_days: int = Field(default=ANSWER_DAYS, ge=1, le=365)
    """Within how many days the town decides what families ask for, as it promises them."""
    site_url: str
    contact_email: str
    contact_phone: str
    contact_address: tuple[str, ...] = Field(min_length=1)
    protected_mail: str = Field(default="", pattern=r"^(?:(?:la |le |les |l’)[^{}]+)?$")
    """Who carries letters to families whose address is protected, with its article: `le service courrier`. Without, the authority does."""

    name_particles: Particles = Particles.COUNTED
    """Whether `d’Arc` stands under D (`counted`) or under A (`passed_over`) in lists. `python -m tools.collate` puts in order what was stored before."""

    @property
    def in_a_sentence(self) -> str:
        """The town as the subject of a sentence: `La Ville de Beaulieu`, `L’Union de Beaulieu`."""
        joined = "" if self.article.endswith(("’", "'")) else " "
        return f"{self.article}{joined}{self.full_name}".strip()

    @property
    def authority_first(self) -> str:
        """`La mairie`: the authority at the beginning of a sentence."""
        return sentence_start(self.authority)

    @property
    def protected_mail_by(self) -> str:
        """Who carries letters to families whose address is protected."""
        return self.protected_mail or self.authority

    @property
    def in_the_middle(self) -> str:
        """The same further on in a sentence: `la Ville de Beaulieu`."""
        return f"{self.in_a_sentence[0].lower()}{self.in_a_sentence[1:]}" if self.article else self.full_name

    @property
    def collation(self) -> Collation:
        """The order of names in lists."""
        return Collation(self.name_particles)

    @property
    def zone(self) -> ZoneInfo:
        """The civil time of deadlines, opening hours and what is printed."""
        return ZoneInfo(self.time_zone)


def load_town(path: Path) -> Town:
    """The `[town]` table of a profile file."""
    return load_section(path, "town", Town)


def load_section(path: Path, name: str, model: type[SectionT]) -> SectionT:
    """The table `name` of a profile file, checked; an absent table means its defaults. Its labels hold to the rule of whatever is typed."""
    with path.open("rb") as file:
        table = tomllib.load(file).get(name, {})
    if unseen := [place for place, text in _texts(table, name) if not re.match(TEXT, text)]:
        raise ValueError(f"{path.name} has characters that nobody sees in {', '.join(unseen)}")
    return model.model_validate(table)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text of a table, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{place}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{place}.{number}")
