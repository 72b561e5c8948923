"""Documents that are issued under a number: found again by their content, kept as they were set, and checked by the code that is printed on them.

A number is taken before the document is set, and in a transaction of its own: setting takes long, and numbers are taken one after the other. A document
whose process ended in between is set when it is asked for again.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import segno

from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row, Transaction, command
from chassis.data.history import Act
from chassis.documents.typesetting import Typesetter
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from chassis.town import Town
from contracts.certificates import (
    CHECK_PATH,
    CODE_LENGTH,
    CODE_LETTERS,
    Certificate,
    CertificateCheck,
    CertificateKind,
    CertificateRequest,
    CheckedCertificate,
    grouped,
    number_of,
)

ISSUED: Final = "certificate_issued"
"""The act by which one is issued."""
DAYS_MAX: Final = 366
"""Of what a certificate speaks, at most: a year."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is issued: its kind, whose it is, of whom and of which days, and the content that its layout sets. The layout bears the name of the kind.
    `named_ids` are children whom a content about somebody else names."""

    kind: CertificateKind
    household_id: UUID
    content: Mapping[str, Any]
    adult_id: UUID | None = None
    child_id: UUID | None = None
    named_ids: Sequence[UUID] = ()
    from_on: date | None = None
    to_on: date | None = None

    @property
    def fingerprint(self) -> bytes:
        """The same for the same content about the same people and days."""
        about = (self.household_id, self.adult_id, self.child_id, self.from_on, self.to_on)
        text = json.dumps([self.kind, *map(str, about), self.content], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Press:
    """What sets documents of a service: its layouts, and who the town is."""

    typesetter: Typesetter
    town: Town
    portal_url: str

    async def pdf(self, paper: Paper, row: Row) -> bytes:
        """A numbered document as a PDF; the same to the byte however often. Raises CannotBeSet."""
        place = f"{self.portal_url.rstrip('/')}{CHECK_PATH}"
        link = f"{place}?numero={row['number']}&code={row['code']}"
        check = {"address": place.partition("://")[2], "code": grouped(row["code"]), "qr": _qr(link)}
        frame = {
            "town": self.town.model_dump(mode="json"),
            "issuer": {"first": self.town.in_a_sentence, "inside": self.town.in_the_middle},
            "number": row["number"],
            "issued_on": row["issued_on"].isoformat(),
            "check": check,
        }
        return await self.typesetter.document(f"{paper.kind}.typ", {**paper.content, **frame}, row["issued_at"])


def _qr(link: str) -> str:
    return segno.make(link, error="m").svg_inline(border=2, dark="#000", light="#fff")


def days_of(request: CertificateRequest) -> tuple[date, date]:
    """The days that a request is about. Raises Invalid: they are not there, reversed, or too many."""
    if request.from_on is None:
        raise Invalid(FieldRefusal("/from_on", "missing"))
    if request.to_on is None:
        raise Invalid(FieldRefusal("/to_on", "missing"))
    if request.to_on < request.from_on:
        raise Invalid(FieldRefusal("/to_on", "range_reversed", (("starts_on", request.from_on),)))
    if (request.to_on - request.from_on).days >= DAYS_MAX:
        raise Invalid(FieldRefusal("/to_on", "certificate_period_too_long", (("days_max", DAYS_MAX),)))
    return request.from_on, request.to_on


FIND_SQL = """
select document_id, kind, number, code, household_id, adult_id, child_id, from_on, to_on, issued_on, issued_at, digest
from issued_documents where fingerprint = $1
"""

TAKE_TURN_SQL = "select pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 0))"

TAKE_NUMBER_SQL = """
insert into issued_numbers as taken (series, year, last_number) values ($1, $2, 1)
on conflict (series, year) do update set last_number = taken.last_number + 1 returning last_number
"""

ADD_SQL = """
insert into issued_documents (
    document_id, kind, number, code, household_id, adult_id, child_id, from_on, to_on, fingerprint, issued_on, issued_at, issued_by, named_ids)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
returning document_id, kind, number, code, household_id, adult_id, child_id, from_on, to_on, issued_on, issued_at, digest
"""

KEEP_SQL = "update issued_documents set pdf = $2, digest = $3 where document_id = $1 and digest is null and household_id is not null"


async def issue(db: Database, actor: Actor, press: Press, paper: Paper) -> Certificate:
    """Issue a document, or find the one that says the same already. Raises CannotBeSet, Busy."""
    row = await _number(db, actor, paper)
    if row["digest"] is None:
        await _keep(db, row["document_id"], await press.pdf(paper, row))
    return certificate(row)


@command
async def _number(tx: Transaction, actor: Actor, paper: Paper) -> Row:
    fingerprint = paper.fingerprint
    await tx.execute(TAKE_TURN_SQL, fingerprint)
    if (known := await tx.fetchrow(FIND_SQL, fingerprint)) is not None:
        return known
    now, today, document_id = await tx.now(), await tx.today(), new_id()
    count = await tx.fetchval(TAKE_NUMBER_SQL, paper.kind.series, today.year)
    number = number_of(paper.kind.series, today.year, count)
    printed = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    about = (paper.household_id, paper.adult_id, paper.child_id, paper.from_on, paper.to_on)
    added = (
        document_id,
        paper.kind,
        number,
        printed,
        *about,
        fingerprint,
        today,
        now,
        actor.account_id,
        list(paper.named_ids),
    )
    tx.note(Act(actor, ISSUED, document_id, paper.household_id, after={"kind": paper.kind, "number": number}))
    row = await tx.fetchrow(ADD_SQL, *added)
    assert row is not None  # noqa: S101 - what was inserted comes back
    return row


@command
async def _keep(tx: Transaction, document_id: UUID, pdf: bytes) -> None:
    """The first one stays."""
    await tx.execute(KEEP_SQL, document_id, pdf, hashlib.sha256(pdf).digest())


def certificate(row: Row) -> Certificate:
    """A document as it is listed."""
    return Certificate(
        certificate_id=row["document_id"],
        kind=row["kind"],
        number=row["number"],
        household_id=row["household_id"],
        child_id=row["child_id"],
        adult_id=row["adult_id"],
        from_on=row["from_on"],
        to_on=row["to_on"],
        issued_at=row["issued_at"],
    )


CHECK_SQL = (
    "select kind, number, code, issued_on, digest from issued_documents where number = $1 and digest is not null"
)


async def check(queries: Queries, asked: CertificateCheck) -> CheckedCertificate:
    """A document as whoever holds it may know it. Raises NotFound: there is none of this number and code."""
    row = await queries.fetchrow(CHECK_SQL, asked.number)
    if not hmac.compare_digest(row["code"] if row else "", asked.code) or row is None:
        raise NotFound
    return CheckedCertificate(
        kind=row["kind"], number=row["number"], issued_on=row["issued_on"], digest=row["digest"].hex()
    )


FORGET_SQL = """
update issued_documents
set pdf = null, fingerprint = null, household_id = null, adult_id = null, child_id = null, named_ids = '{}', from_on = null, to_on = null
where household_id = any($1::uuid[]) or child_id = any($1::uuid[]) or adult_id = any($1::uuid[]) or named_ids && $1::uuid[]
"""


async def forget(tx: Transaction, erased: Sequence[UUID]) -> None:
    """Forget the documents of households and people that are erased; that they were issued stays, which names nobody."""
    await tx.execute(FORGET_SQL, list(erased))
