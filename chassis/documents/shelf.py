"""The shelf of certificates: those that a service issued, as it lists them and hands them out, and the routes of all that is asked about them.

A service says in its view `filed_certificates` in which file each stands today and whom of it it is about, for a file may have become part of another
one, and its people people of that one. It says who reads them, too.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final, Protocol
from uuid import UUID

from litestar.handlers import HTTPRouteHandler

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.documents import issuing
from chassis.http.routes import serves
from chassis.refusal import NotFound
from contracts.certificates import Certificate, CertificateCheck, Certificates, CheckedCertificate
from contracts.history import HistoryEntry
from contracts.http import File, FileType, Page
from contracts.operation import Operation

LISTED_MAX: Final = 100


def list_statement(filed: str, is_read: str) -> str:
    """The certificates of the file `$4`: of the households that the statement `filed` names."""
    return reaching(
        f"""
select d.document_id, d.kind, d.number, d.household_id, d.adult_id, d.child_id, d.from_on, d.to_on, d.issued_at
from filed_certificates d
where d.household_id in ({filed}) and d.pdf is not null and {{is_read}} order by d.document_id desc limit $5
""",  # noqa: S608 - it is put together from constants alone
        is_read=is_read,
    )


def file_statement(is_reached: str, is_read: str) -> str:
    """The document `$4`, for who reaches its file and may read it."""
    return reaching(
        """
select d.number, d.pdf from filed_certificates d
where d.document_id = $4 and d.pdf is not null and {is_reached} and {is_read}
""",
        is_reached=is_reached,
        is_read=is_read,
    )


async def issued(db: Database, actor: Actor, sql: str, household_id: UUID) -> tuple[Certificate, ...]:
    """The certificates of a file that the actor may read, the newest first, by a `list_statement`."""
    rows = await db.fetch(sql, *reach_of(actor, await db.today()), household_id, LISTED_MAX)
    return tuple(map(issuing.certificate, rows))


async def copy_of(db: Database, actor: Actor, sql: str, certificate_id: UUID) -> File:
    """A certificate as it was issued, by a `file_statement`. Raises NotFound."""
    row = await db.fetchrow(sql, *reach_of(actor, await db.today()), certificate_id)
    if row is None:
        raise NotFound
    return File(row["pdf"], FileType.PDF, f"{row['number']}.pdf")


async def others_of(queries: Queries, actor: Actor, history: Page[HistoryEntry], hidden: Collection[UUID]) -> set[UUID]:
    """The documents that a history names and that are not for the adult who reads it: another adult's, and those of children who are hidden from them. None
    from an agent."""
    sql = (
        "select document_id from filed_certificates "
        "where document_id = any($1::uuid[]) and (adult_id <> $2 or child_id = any($3::uuid[]))"
    )
    named = [UUID(entry.subject) for entry in history.items if entry.action == issuing.ISSUED]
    if actor.guardian_id is None or not named:
        return set()
    rows = await queries.fetch(sql, named, actor.guardian_id, list(hidden))
    return {row["document_id"] for row in rows}


class CertificateApi(Protocol):
    """What a service declares of certificates (`contracts/<service>/certificates_api.py`)."""

    @property
    def list_certificates(self) -> Operation[..., Certificates]:
        """What can be certified, and what was."""

    @property
    def issue_certificate(self) -> Operation[..., Certificate]:
        """Certify something."""

    @property
    def read_certificate(self) -> Operation[..., File]:
        """One as it was issued."""

    @property
    def check_certificate(self) -> Operation[..., CheckedCertificate]:
        """Whether one is genuine."""


def certificate_routes(
    api: CertificateApi,
    certificates: Callable[..., Awaitable[Certificates]],
    issue_certificate: Callable[..., Awaitable[Certificate]],
    certificate_file: Callable[..., Awaitable[File]],
) -> tuple[HTTPRouteHandler, ...]:
    """The routes of a service's certificates. The functions take what `serves` gives them; checking is the same everywhere."""
    served: tuple[tuple[Operation[..., Any], Callable[..., Awaitable[Any]]], ...] = (
        (api.list_certificates, certificates),
        (api.issue_certificate, issue_certificate),
        (api.read_certificate, certificate_file),
        (api.check_certificate, _check),
    )
    return tuple(serves(operation)(function) for operation, function in served)


async def _check(body: CertificateCheck, db: Database) -> CheckedCertificate:
    return await issuing.check(db, body)
