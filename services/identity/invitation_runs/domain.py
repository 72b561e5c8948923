"""Runs of invitations: what each line of a list comes to, and how many invitations may be ordered now. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.identity.events import InvitationFinding as Finding
from contracts.types import AccountStatus

from ..accounts.domain import AccountRecord, email_key

KEPT: Final = timedelta(days=30)
"""A run is kept for so long after it ended, or after it was proposed if nobody confirmed it."""
UNDER_WAY_MAX: Final = 60
"""Invitations whose mails are not known to have gone, or not: no run orders more, so that what others are sent is never far behind."""
UNDER_WAY_SINCE: Final = timedelta(days=4)
"""A mail of which nothing was heard for longer than it may wait holds nobody up."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a list: the file's reference and, if it says one, the address of whom to invite."""

    number: int
    reference: str
    email: str | None = None
    is_email_malformed: bool = False


@dataclass(frozen=True, slots=True)
class LivingLink:
    """The invitation of an account that was neither used nor replaced. `has_left` is false once its mail grew too old to be sent."""

    invitation_id: UUID
    expires_at: datetime
    has_left: bool = True


@dataclass(frozen=True, slots=True)
class Prospect:
    """The account of people whom a household's file invites. `email_keys` are the addresses that the file says of them, as they are compared."""

    account: AccountRecord
    link: LivingLink | None = None
    email_keys: frozenset[str] = frozenset()

    def finding(self, now: datetime) -> Finding:
        """What becomes of them. Nobody who can open their space already is invited, and nobody is invited twice."""
        if self.account.is_disabled:
            return Finding.CLOSED
        expires_at = self.account.password_expires_at
        is_open = self.account.step is AccountStatus.ACTIVATED and expires_at is not None and expires_at > now
        if is_open or self.account.has_personal_credentials:
            return Finding.ACTIVE
        if self.link is not None and self.link.has_left and self.link.expires_at > now:
            return Finding.INVITED
        return Finding.TO_INVITE


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line of a report. `same_as_line`: the earlier line that a duplicate repeats."""

    line: FileLine
    finding: Finding
    account_id: UUID | None = None
    invitation_id: UUID | None = None
    same_as_line: int | None = None


def judge(lines: Iterable[FileLine], files: Mapping[str, Sequence[Prospect]], now: datetime) -> Iterator[JudgedLine]:
    """What each line comes to. `files` are those of the town, by reference, with the accounts of the people whom they invite; an account
    that stands for several of them, or in several files, or is named again, is found once."""
    first_lines: dict[object, int] = {}
    for line in lines:
        if (finding := _fault(line, files)) is not None:
            key = (line.reference, email_key(line.email or ""))
            earlier = first_lines.setdefault(key, line.number)
            same = earlier if earlier != line.number else None
            yield JudgedLine(line, Finding.DUPLICATE if same else finding, same_as_line=same)
            continue
        meant = [prospect for prospect in files[line.reference] if _is_meant(line, prospect)]
        new = [prospect for prospect in meant if prospect.account.account_id not in first_lines]
        for prospect in new:
            first_lines[prospect.account.account_id] = line.number
            yield _judged(line, prospect, now)
        if not new:
            yield JudgedLine(
                line,
                Finding.DUPLICATE,
                same_as_line=min(first_lines[prospect.account.account_id] for prospect in meant),
            )


def still_meant(line: FileLine, account_id: UUID, prospects: Sequence[Prospect] | None) -> Finding | None:
    """Why a line that was judged before does not mean this account any more, if so: its file says other addresses by now, or other people have the one
    that it says. `prospects` are those of its file, None where there is no such file any more."""
    if prospects is None:
        return Finding.UNKNOWN_REFERENCE
    if not prospects:
        return Finding.ADDRESS_MISSING
    is_meant = any(prospect.account.account_id == account_id and _is_meant(line, prospect) for prospect in prospects)
    return None if is_meant else Finding.ADDRESS_DIFFERS


def _judged(line: FileLine, prospect: Prospect, now: datetime) -> JudgedLine:
    finding = prospect.finding(now)
    link = prospect.link if finding is Finding.INVITED else None
    return JudgedLine(line, finding, prospect.account.account_id, link.invitation_id if link else None)


def _fault(line: FileLine, files: Mapping[str, Sequence[Prospect]]) -> Finding | None:
    """What is wrong with a line as it stands, if anything is."""
    if line.reference not in files:
        return Finding.UNKNOWN_REFERENCE
    if line.is_email_malformed:
        return Finding.ADDRESS_MALFORMED
    prospects = files[line.reference]
    if not prospects:
        return Finding.ADDRESS_MISSING
    return None if any(_is_meant(line, prospect) for prospect in prospects) else Finding.ADDRESS_DIFFERS


def _is_meant(line: FileLine, prospect: Prospect) -> bool:
    return line.email is None or email_key(line.email) in {email_key(prospect.account.email), *prospect.email_keys}


def room(per_run: int, under_way: int) -> int:
    """How many invitations may be ordered now."""
    return max(0, min(per_run, UNDER_WAY_MAX - under_way))


def chosen(prospects: Sequence[tuple[str, Prospect]], now: datetime) -> list[JudgedLine]:
    """The lines of a choice without a file: those of these people, beside the reference of a file of theirs, who are to be invited."""
    meant = [(reference, prospect) for reference, prospect in prospects if prospect.finding(now) is Finding.TO_INVITE]
    return [
        _judged(FileLine(number, reference), prospect, now)
        for number, (reference, prospect) in enumerate(meant, start=1)
    ]
