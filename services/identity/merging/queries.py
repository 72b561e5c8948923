"""Which accounts may be of one human, and what comes of merging two."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from chassis.data.database import Database
from chassis.refusal import NotFound, Refusal
from contracts.identity.merging import Duplicates, Merge, MergePreview, MergeSide
from contracts.types import ActorKind

from ..accounts.domain import AccountRecord, login_name
from ..accounts.store import account_of, is_email_shared, persons_of
from ..settings import IdentityRules
from .domain import UNDO_TIME, MergeRecord, Side, fingerprint, plan_merge
from .store import merges_of, sides_of

CANDIDATES_MAX = 10

ACCOUNTS_SQL = """
select account_id, kind, status, is_disabled, email, username, password_hash, password_expires_at, created_at,
       last_sign_in_at, merged_into, declined_services, '{}'::uuid[] as person_ids
from accounts where account_id = any($1::uuid[]) and kind = 'parent'
"""

CANDIDATES_SQL = """
select distinct a.account_id from account_persons own
join account_persons p on (p.name_key, p.phone_key) = (own.name_key, own.phone_key) and p.account_id <> own.account_id
join accounts a on a.account_id = p.account_id and not a.is_disabled
where own.account_id = $1 and own.name_key <> '' order by a.account_id limit $2
"""


async def duplicates(db: Database, rules: IdentityRules, account_id: UUID) -> Duplicates:
    """The accounts that may be of the same human as one, and the merges of this one that can be undone. Raises NotFound."""
    now = await db.now()
    merges = await merges_of(db, account_id, now - UNDO_TIME)
    candidates = [row["account_id"] for row in await db.fetch(CANDIDATES_SQL, account_id, CANDIDATES_MAX)]
    sides = await _sides(db, [account_id, *candidates])
    if account_id not in sides:
        raise NotFound
    former = await _accounts(db, [merge.merged_account_id for merge in merges])
    return Duplicates(
        account=await _side(db, rules, sides[account_id]),
        candidates=tuple([await _side(db, rules, sides[known]) for known in candidates if known in sides]),
        merges=tuple(answer(merge, former[merge.merged_account_id].email) for merge in merges),
    )


async def preview(db: Database, rules: IdentityRules, account_id: UUID, merged_account_id: UUID) -> MergePreview:
    """What comes of merging an account into one. Raises NotFound, and what stands against the merge."""
    sides = await _sides(db, [account_id, merged_account_id])
    if not {account_id, merged_account_id} <= sides.keys():
        raise NotFound
    kept, merged = sides[account_id], sides[merged_account_id]
    plan = plan_merge(kept, merged)
    if isinstance(plan, Refusal):
        raise plan
    persons = (*kept.persons, *merged.persons)
    labels = {service.code: service.label for service in rules.services_of(ActorKind.PARENT)}
    held = {**kept.keys} | {service: merged.keys[service] for service in plan.services}
    return MergePreview(
        kept=await _side(db, rules, kept),
        merged=await _side(db, rules, merged),
        names=_distinct(person.name for person in persons),
        references=_distinct(reference for person in persons for reference in person.references),
        services=tuple(labels[code] for code, key in sorted(held.items()) if key.is_entered and code in labels),
        moved_services=tuple(labels[code] for code in plan.services if code in labels),
        lost_services=tuple(labels[code] for code in plan.replaced_services if code in labels),
        has_franceconnect=kept.has_franceconnect,
        is_franceconnect_dropped=plan.drops_franceconnect,
        acceptance_count=kept.acceptance_count + merged.acceptance_count,
        undo_days=UNDO_TIME.days,
        fingerprint=fingerprint(kept, merged),
    )


def answer(merge: MergeRecord, email: str) -> Merge:
    """A merge as an agent sees it; `email` is the address of the account that opens nothing."""
    return Merge(
        merge_id=merge.merge_id,
        kept_account_id=merge.kept_account_id,
        merged_account_id=merge.merged_account_id,
        email=email,
        merged_at=merge.merged_at,
        undo_ends_at=merge.undo_ends_at,
    )


async def _accounts(db: Database, account_ids: Collection[UUID]) -> dict[UUID, AccountRecord]:
    rows = await db.fetch(ACCOUNTS_SQL, list(account_ids))
    persons = await persons_of(db, account_ids)
    accounts = [replace(account_of(row), person_ids=persons.get(row["account_id"], ())) for row in rows]
    return {account.account_id: account for account in accounts}


async def _sides(db: Database, account_ids: Collection[UUID]) -> dict[UUID, Side]:
    accounts = await _accounts(db, account_ids)
    return {side.account.account_id: side for side in await sides_of(db, list(accounts.values()), await db.now())}


async def _side(db: Database, rules: IdentityRules, side: Side) -> MergeSide:
    account = side.account
    labels = {service.code: service.label for service in rules.services_of(ActorKind.PARENT)}
    return MergeSide(
        account_id=account.account_id,
        status=account.status,
        email=account.email,
        login=login_name(account, rules.login_mode, await is_email_shared(db, account)),
        names=_distinct(person.name for person in side.persons),
        references=_distinct(reference for person in side.persons for reference in person.references),
        services=tuple(labels[code] for code, key in sorted(side.keys.items()) if key.is_entered and code in labels),
        has_franceconnect=side.has_franceconnect,
        session_count=side.session_count,
        acceptance_count=side.acceptance_count,
        passkey_count=side.passkey_count,
        has_second_factor=side.has_second_factor,
        created_at=account.created_at,
        last_sign_in_at=account.last_sign_in_at,
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts, each once, in the order of their first."""
    return tuple(dict.fromkeys(texts))
