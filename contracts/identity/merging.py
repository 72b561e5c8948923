"""What travels when two accounts of one human become one: who they are, what comes of it, and what is undone again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from contracts.event import Model
from contracts.types import AccountStatus

Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""What a preview was made of, as a hash: what is merged is what somebody saw."""


class MergeSide(Model):
    """An account as whoever merges it sees it. `login` is what its holder signs in with; `names` and `references` are of the adults whom it
    stands for, and of their files; `services` are those of the town that it opened."""

    account_id: UUID
    status: AccountStatus
    email: str
    login: str
    names: tuple[str, ...]
    references: tuple[str, ...]
    services: tuple[str, ...]
    has_franceconnect: bool
    session_count: int
    acceptance_count: int
    passkey_count: int
    has_second_factor: bool
    created_at: datetime
    last_sign_in_at: datetime | None


class Merge(Model):
    """Two accounts that are one. `kept_account_id` goes on, `email` is the address of the other one; undone, it opens again for whoever it was of."""

    merge_id: UUID
    kept_account_id: UUID
    merged_account_id: UUID
    email: str
    merged_at: datetime
    undo_ends_at: datetime


class Duplicates(Model):
    """Accounts that may be of the same human as one: an adult of each has the same name and the same telephone number. `merges` are those of
    this account that can be undone."""

    account: MergeSide
    candidates: tuple[MergeSide, ...]
    merges: tuple[Merge, ...]


class MergePreview(Model):
    """What comes of a merge. `kept` goes on with `names`, `references` and `services`; `moved_services` come to it from the other one, and
    `lost_services` were waiting keys of it that open nothing any more; FranceConnect opens it if `has_franceconnect`; sessions,
    passkeys and second factor of the other one end with it, and so does its link with FranceConnect (`is_franceconnect_dropped`)."""

    kept: MergeSide
    merged: MergeSide
    names: tuple[str, ...]
    references: tuple[str, ...]
    services: tuple[str, ...]
    moved_services: tuple[str, ...]
    lost_services: tuple[str, ...]
    has_franceconnect: bool
    is_franceconnect_dropped: bool
    acceptance_count: int
    undo_days: int
    fingerprint: Fingerprint


class MergeRequest(Model):
    """The account to merge into one, as it was previewed."""

    merged_account_id: UUID
    fingerprint: Fingerprint
