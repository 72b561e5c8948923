"""What two accounts of one human are, when they can be merged, what a merge moves, and when it can be undone. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.refusal import Refusal
from contracts.types import ActorKind

from ..accounts.domain import AccountRecord
from ..errors import AccountNotMergeable, AccountsNotAlike, AccountsOfTwoIdentities

UNDO_TIME: Final = timedelta(days=14)
"""For how long a merge can be undone."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An adult whom an account stands for, invited still or not; `is_merged`: they came with an account that was merged into it."""

    guardian_id: UUID
    name: str
    name_key: str
    phone_key: str | None
    references: tuple[str, ...]
    is_merged: bool


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of a service that is alive; `is_entered`: it opened the service."""

    service_key_id: UUID
    is_entered: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of two accounts, with all that a merge touches or counts. `keys` are by service."""

    account: AccountRecord
    persons: tuple[KnownPerson, ...]
    keys: Mapping[str, HeldKey]
    has_franceconnect: bool
    session_count: int
    acceptance_count: int
    passkey_count: int = 0
    has_second_factor: bool = False

    @property
    def can_take_part(self) -> bool:
        """Whether it is an open account of a family."""
        return self.account.kind is ActorKind.PARENT and not self.account.is_disabled and bool(self.persons)


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge moves to the account that goes on, and which waiting keys of that one it takes the place of. `drops_franceconnect`: an identity opened the other
    one, and opens nothing until its holder links it anew, or the merge is undone: whoever linked it proved nothing to the account that goes on."""

    guardian_ids: tuple[UUID, ...]
    key_ids: tuple[UUID, ...]
    services: tuple[str, ...]
    replaced_services: tuple[str, ...]
    drops_franceconnect: bool


def plan_merge(kept: Side, merged: Side) -> MergePlan | Refusal:
    """What a merge does, or why it cannot be. Names and telephone numbers say that two accounts are of one human; two identities of
    FranceConnect say that they are not. Nobody is left with an account that they never opened."""
    if kept.account.account_id == merged.account.account_id or not (kept.can_take_part and merged.can_take_part):
        return AccountNotMergeable()
    is_locked_out = merged.account.has_personal_credentials and not kept.account.has_personal_credentials
    # An account that others were merged into would take them along: the merge before could not be undone any more.
    if is_locked_out or any(person.is_merged for person in merged.persons):
        return AccountNotMergeable()
    if not are_alike(kept, merged):
        return AccountsNotAlike()
    if kept.has_franceconnect and merged.has_franceconnect:
        return AccountsOfTwoIdentities()
    moved = {
        service: key
        for service, key in merged.keys.items()
        if service not in kept.keys or (key.is_entered and not kept.keys[service].is_entered)
    }
    return MergePlan(
        guardian_ids=tuple(person.guardian_id for person in merged.persons),
        key_ids=tuple(key.service_key_id for key in moved.values()),
        services=tuple(sorted(moved)),
        replaced_services=tuple(sorted(moved.keys() & kept.keys.keys())),
        drops_franceconnect=merged.has_franceconnect,
    )


def are_alike(one: Side, other: Side) -> bool:
    """Whether an adult of each has the same name and the same telephone number."""
    known = {(person.name_key, person.phone_key) for person in one.persons if person.name_key and person.phone_key}
    return any((person.name_key, person.phone_key) in known for person in other.persons)


def fingerprint(kept: Side, merged: Side) -> str:
    """A hash of what a preview was made of, but for what changes while somebody reads it."""
    seen = [
        [
            str(side.account.account_id),
            side.account.status,
            side.account.email,
            [[str(person.guardian_id), person.name, person.phone_key, *person.references] for person in side.persons],
            sorted([service, str(key.service_key_id), key.is_entered] for service, key in side.keys.items()),
            side.has_franceconnect,
            side.passkey_count,
            side.has_second_factor,
        ]
        for side in (kept, merged)
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """A merge that was made, and what it moved."""

    merge_id: UUID
    kept_account_id: UUID
    merged_account_id: UUID
    moved_guardian_ids: tuple[UUID, ...]
    moved_service_key_ids: tuple[UUID, ...]
    merged_at: datetime
    undone_at: datetime | None

    @property
    def undo_ends_at(self) -> datetime:
        """When its time to be undone is over."""
        return self.merged_at + UNDO_TIME

    def is_undoable(self, now: datetime) -> bool:
        """Whether it can be undone, as far as time is concerned."""
        return self.undone_at is None and now < self.undo_ends_at
