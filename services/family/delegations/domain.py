"""What a parent may let somebody else do, and what ends that. Pure.

A delegation is never more than its parent: it stands on what the parent answers for, and falls with it. Source: Code civil, 372-2
(each parent alone for the usual acts), 373-2-1 (authority by decision), 373-4 (whoever has the child in care does the usual acts).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family.events import DelegatedAct, DelegationEnd, DelegationState

from ..errors import DelegationExists, DelegationsClosed, DelegationsTooMany
from ..people.domain import comparable_email, text_faults

GIVEN_MAX: Final = 10
"""How many a household may have, or have given within `GIVEN_WITHIN`: each may invite somebody by mail."""
GIVEN_WITHIN: Final = timedelta(days=1)
ACCOUNT_KEPT: Final = timedelta(days=30)
"""How long whoever helped still finds what ended, and an account to read it."""
DELEGATION_KEPT: Final = timedelta(days=365)
"""How long a household still sees whom it let act."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """What a parent lets somebody do; `end` is None while nothing is known to have ended it. `left_child_ids` are those of its children whom its
    delegate may not fetch any more: they do not come back by themselves."""

    delegation_id: UUID
    household_id: UUID
    parent_id: UUID
    delegate_id: UUID
    first_name: str
    last_name: str
    email: str
    child_ids: tuple[UUID, ...]
    acts: tuple[DelegatedAct, ...]
    begins_on: date
    ends_on: date
    given_at: datetime
    left_child_ids: tuple[UUID, ...] = ()
    end: DelegationEnd | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    def state(self) -> DelegationState:
        """The delegation as those who decide by it may know it."""
        return DelegationState(
            delegation_id=self.delegation_id,
            household_id=self.household_id,
            parent_id=self.parent_id,
            delegate_id=self.delegate_id,
            child_ids=self.child_ids,
            acts=tuple(act.value for act in self.acts),
            begins_on=self.begins_on,
            ends_on=self.ends_on,
            end=self.end.value if self.end else None,
            ended_at=self.ended_at,
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """What a parent stands on in a household today: whether they belong to it, its children, and those whom they answer for there, by authority
    that they exercise. Of a delegation also which of its children its delegate may not fetch, or whoever reads their mailbox with them, and whether
    the parent is one of these."""

    is_member: bool
    child_ids: frozenset[UUID]
    answered_for: frozenset[UUID]
    kept_away: frozenset[UUID] = frozenset()
    is_joined: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a parent asks for. `own_email` is theirs, `home_emails` are those of the adults of the household, as they are compared."""

    first_name: str
    last_name: str
    email: str
    child_ids: tuple[UUID, ...]
    acts: frozenset[DelegatedAct]
    ends_on: date
    own_email: str | None
    home_emails: frozenset[str]

    @property
    def all_acts(self) -> tuple[DelegatedAct, ...]:
        """The acts in one order; whoever books sees what there is to book."""
        is_reading = DelegatedAct.BOOK_DAYS in self.acts
        return tuple(
            act for act in DelegatedAct if act in self.acts or (is_reading and act is DelegatedAct.READ_CALENDAR)
        )


def check(wish: Wish, ground: Ground, given_count: int, today: date, days_max: int) -> Refusal | None:
    """What stands against a delegation, if anything. `given_count`: how many of the household count against `GIVEN_MAX`."""
    if days_max == 0:
        return DelegationsClosed()
    strangers = [
        FieldRefusal(f"/child_ids/{position}", "child_not_answered_for")
        for position, child_id in enumerate(wish.child_ids)
        if child_id not in ground.answered_for
    ]
    if strangers or not ground.is_member:
        return NotFound(*strangers)
    faults = [*text_faults(iter([("/first_name", wish.first_name), ("/last_name", wish.last_name)]))]
    email = comparable_email(wish.email)
    if wish.own_email is not None and email == comparable_email(wish.own_email):
        faults.append(FieldRefusal("/email", "delegate_is_oneself"))
    elif email in wish.home_emails:
        faults.append(FieldRefusal("/email", "delegate_of_the_household"))
    last_on = today + timedelta(days=days_max)
    if not today <= wish.ends_on <= last_on:
        facts = (("first_on", today), ("last_on", last_on))
        faults.append(FieldRefusal("/ends_on", "delegation_day_out_of_range", facts))
    if faults:
        return Invalid(*faults)
    if given_count >= GIVEN_MAX:
        return DelegationsTooMany(count=GIVEN_MAX)
    return None


def check_delegate(is_held: bool, is_kept_away: bool) -> Refusal | None:
    """What stands against a delegate who is known: there is one of this parent and household at their address already, or
    they may not fetch one of the children."""
    if is_kept_away:
        return Invalid(FieldRefusal("/email", "delegate_kept_away"))
    return DelegationExists() if is_held else None


def ending(delegation: Delegation, ground: Ground, today: date) -> DelegationEnd | None:
    """What has ended a delegation by today, if anything: what somebody did, its last day, or the ground that it stood on."""
    if delegation.end is not None:
        return delegation.end
    if delegation.ends_on < today:
        return DelegationEnd.EXPIRED
    if not ground.is_member:
        return DelegationEnd.PARENT_LEFT
    if not ground.child_ids & set(delegation.child_ids):
        return DelegationEnd.CHILDREN_LEFT
    answered_for = ground.answered_for & set(delegation.child_ids)
    if not answered_for:
        return DelegationEnd.AUTHORITY_LOST
    if ground.is_joined:
        return DelegationEnd.DELEGATE_JOINED
    return None if answered_for - ground.kept_away else DelegationEnd.KEPT_AWAY


def as_of(delegation: Delegation, ground: Ground, today: date, now: datetime) -> Delegation:
    """A delegation with what has ended it by now; while it lasts, for those of its children alone whom its delegate may fetch."""
    if (end := ending(delegation, ground, today)) is not None:
        return delegation if delegation.end else replace(delegation, end=end, ended_at=now)
    left = tuple(child_id for child_id in delegation.child_ids if child_id in ground.kept_away)
    return replace(
        delegation,
        child_ids=tuple(child_id for child_id in delegation.child_ids if child_id not in left),
        left_child_ids=(*delegation.left_child_ids, *left),
    )
