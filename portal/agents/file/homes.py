"""The homes of a file's children, each apart: which of them are here until when, which have another home, and who pays what part there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.billing.payers import ChildPayers
from contracts.family.custody import ChildFile
from gateway.composing import Part
from portal.agents.file.reading import Opened, value_of
from portal.kit import Texts
from portal.kit.formats import date_day, percent


@dataclass(frozen=True, slots=True)
class OtherHome:
    """Another home of children of the file: they are its own file's, and neither sees what is the other's."""

    household_id: UUID
    reference: str
    payer_name: str
    children: tuple[str, ...]
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Homes:
    """`here` says of each child that changes homes where it is and until when; `others` are the homes beside this one."""

    here: dict[UUID, str]
    others: tuple[OtherHome, ...]


def homes_of(opened: Opened, payers: Sequence[Part[ChildPayers] | None], texts: Texts, today: date) -> Homes:
    """The homes as the file's circle tells them; none where it is not open."""
    circle = value_of(opened.circle)
    if circle is None:
        return Homes({}, ())
    shares = {known.child_id: _in_force(known, today) for part in payers if (known := value_of(part))}
    others: dict[UUID, list[ChildFile]] = {}
    for child in circle.children:
        for home_id in {home.household_id for home in child.homes} - {opened.household_id}:
            others.setdefault(home_id, []).append(child)
    return Homes(
        {child.child_id: words for child in circle.children if (words := _where(opened, child, texts))},
        tuple(_other(opened, home_id, children, shares, texts) for home_id, children in others.items()),
    )


def _where(opened: Opened, child: ChildFile, texts: Texts) -> str:
    """Where a child that changes homes is today, and until when."""
    if len({stay.household_id for stay in child.stays}) < 2:
        return ""
    now = child.stays[0]
    key = "nowhere" if now.household_id is None else "here" if now.household_id == opened.household_id else "there"
    return texts(f"agents.file.homes.{key}", day=date_day(now.ends_on))


def _in_force(known: ChildPayers, today: date) -> dict[UUID, int]:
    """What part of a child's days, in basis points, the payers of each household pay today."""
    homes = {payer.payer_id: payer.household_id for payer in known.payers}
    parts: dict[UUID, int] = {}
    for dated in known.shares:
        if dated.starts_on <= today <= (dated.ends_on or date.max):
            for share in dated.shares:
                if home_id := homes.get(share.payer_id):
                    parts[home_id] = max(parts.get(home_id, 0), share.share_basis_points)
    return parts


def _other(
    opened: Opened, home_id: UUID, children: Sequence[ChildFile], parts: Mapping[UUID, Mapping[UUID, int]], texts: Texts
) -> OtherHome:
    home = next(home for child in children for home in child.homes if home.household_id == home_id)
    names = {child.child_id: opened.names.children.get(child.child_id, child.first_name) for child in children}
    shares = tuple(
        texts("agents.file.homes.share", percent=percent(part), name=name)
        for child_id, name in names.items()
        if (part := parts.get(child_id, {}).get(home_id))
    )
    return OtherHome(home_id, home.reference, home.payer_name, tuple(names.values()), shares)
