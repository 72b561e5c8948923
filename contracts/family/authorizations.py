"""Authorizations: what a child's parents let the town do for a school year, or do not."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.child_events import AuthorizationKind, Consent, Outcome

SchoolYear = Annotated[int, Field(ge=2000, le=2100)]
"""The year in which a school year begins, on 1 September."""


class AuthorizationsChange(Model):
    """What a parent says for a school year, whole; what is left out is not answered. `leaves_from`: the hour from which the child may go home
    alone, which a yes to that needs."""

    image: Consent | None = None
    swimming: Consent | None = None
    outings: Consent | None = None
    leaving_alone: Consent | None = None
    leaves_from: time | None = None
    hospital: Consent | None = None


class AuthorizationsOnPaper(AuthorizationsChange):
    """What a parent says on paper, as an agent enters it: whole, as in `AuthorizationsChange`."""

    adult_id: UUID


class AuthorizationAnswer(Model):
    """What a parent said, and when. `leaves_from`: the hour that they said with it."""

    adult_id: UUID
    adult_name: str
    consent: Consent
    leaves_from: time | None = None
    answered_at: datetime


class Authorization(Model):
    """An authorization: what counts, and what each parent who exercises authority said. `missing` are those whose answer it still needs."""

    kind: AuthorizationKind
    outcome: Outcome
    leaves_from: time | None
    answers: tuple[AuthorizationAnswer, ...]
    missing: tuple[str, ...]


class EntitledParent(Model):
    """Somebody who exercises authority over a child."""

    adult_id: UUID
    adult_name: str


class Authorizations(Model):
    """The authorizations of a child for a school year. `own` is what the parent who asks said, `carried` what they said for the year before, where
    they did not say otherwise since: one press takes it over. `is_entitled`: they exercise authority. `parents` are all who do, by name."""

    child_id: UUID
    first_name: str
    last_name: str
    school_year: int
    starts_on: date
    ends_on: date
    authorizations: tuple[Authorization, ...]
    parents: tuple[EntitledParent, ...]
    own: AuthorizationsChange
    carried: AuthorizationsChange
    is_entitled: bool
    confirmed_at: datetime | None


class Confirmation(Model):
    """That a child's file is right for a school year. `revision` is that of the health which was shown."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]
