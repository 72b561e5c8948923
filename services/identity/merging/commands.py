"""Merging two accounts of one human, and undoing it."""

from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound, Refusal
from chassis.sealing import seal
from contracts.identity.events import AccountsMerged, AccountsSeparated, CredentialReason, EmailReplaced, SecurityChange
from contracts.identity.merging import Merge, MergeRequest
from contracts.types import AccountStatus, ActorKind

from ..accounts.commands import close_account, open_anew
from ..accounts.domain import AccountRecord, email_key
from ..accounts.store import end_sessions, lock_account, lock_accounts, save_account
from ..activation.store import withdraw_invitations
from ..adapters.keys import Keys
from ..errors import MergeNotUndoable, MergeOutdated
from ..passkeys.store import forget_passkeys
from ..persons.domain import Link
from ..persons.store import accounts_at, end_sessions_of, links_of, move_persons, take_addresses
from ..second_factor.store import delete_device
from ..settings import IdentityRules
from ..terms.store import void_acceptances
from .domain import MergeRecord, fingerprint, plan_merge
from .queries import answer
from .store import carry_out, find_merge, give_identity_back, move_keys, note_undone, sides_of


@command
async def merge_accounts(tx: Transaction, actor: Actor, account_id: UUID, request: MergeRequest) -> Merge:
    """Merge an account into one: it stands for everybody whom both stood for, and the other one opens nothing any more. Proofs of the terms
    are of those who gave them, and stay so.

    Raises:
        NotFound: there is no such account of a family.
        AccountNotMergeable, AccountsNotAlike, AccountsOfTwoIdentities.
        MergeOutdated: one of them changed since the preview.
    """
    locked = {
        account.account_id: account for account in await lock_accounts(tx, {account_id, request.merged_account_id})
    }
    if any(_is_of_nobody(locked.get(known)) for known in (account_id, request.merged_account_id)):
        raise NotFound
    pair = [locked[account_id], locked[request.merged_account_id]]
    kept, merged = await sides_of(tx, pair, await tx.now())
    plan = plan_merge(kept, merged)
    if isinstance(plan, Refusal):
        raise plan
    if fingerprint(kept, merged) != request.fingerprint:
        raise MergeOutdated
    account = merged.account
    tx.note(Act(actor, "accounts_merged", account_id, after={"merged_account_id": str(account.account_id)}))
    await move_persons(tx, plan.guardian_ids, account_id, is_merged=True)
    merge = await carry_out(tx, (kept, merged), plan, actor.account_id)
    await save_account(tx, replace(account, is_disabled=True, merged_into=account_id))
    await end_sessions(tx, account.account_id)
    await withdraw_invitations(tx, account.account_id)
    if plan.drops_franceconnect:
        tx.emit(account.security_changed(SecurityChange.FRANCECONNECT_UNLINKED, merge.merged_at))
    # What opened the account with its password opens nothing any more, and does not come back with it.
    await forget_passkeys(tx, account.account_id)
    if await delete_device(tx, account.account_id):
        tx.emit(account.security_changed(SecurityChange.SECOND_FACTOR_REMOVED, merge.merged_at))
    await _publish(tx, merge)
    for known in (account_id, account.account_id):
        tx.emit(
            AccountsMerged(
                account_id=known,
                is_kept=known == account_id,
                merged_at=merge.merged_at,
                undo_ends_at=merge.undo_ends_at,
            )
        )
    tx.report("accounts merged", account_id=str(account_id))
    return answer(merge, account.email)


@command
async def undo_merge(tx: Transaction, actor: Actor, keys: Keys, rules: IdentityRules, merge_id: UUID) -> Merge:
    """Separate two accounts: each stands again for whom it stood for, and opens for whoever knew its password; but one whose address changed
    meanwhile opens by a link that is mailed there alone, for nobody knows who opened it at the former one, and that one is told.

    Raises:
        NotFound: there is no such merge.
        MergeNotUndoable: it was undone, its time is over, or the address belongs to another account by now.
    """
    if (merge := await find_merge(tx, merge_id)) is None:
        raise NotFound
    await take_addresses(tx, {link.email for link in (await links_of(tx, merge.moved_guardian_ids)).values()})
    pair = {account.account_id: account for account in await lock_accounts(tx, _both(merge))}
    # Whoever undid it at the same moment, or moved somebody, is done by now.
    merge = await find_merge(tx, merge_id) or merge
    links = [link for link in (await links_of(tx, merge.moved_guardian_ids)).values() if _is_moved(link, merge)]
    now = await tx.now()
    if not (links and len(pair) == 2 and merge.is_undoable(now)):
        raise MergeNotUndoable
    merged = pair[merge.merged_account_id]
    email = next((link.email for link in links if email_key(link.email) == email_key(merged.email)), links[0].email)
    if await accounts_at(tx, [email], []):
        raise MergeNotUndoable
    tx.note(
        Act(actor, "accounts_separated", merge.kept_account_id, after={"merged_account_id": str(merged.account_id)})
    )
    separated = replace(merged, email=email, is_disabled=False, merged_into=None)
    await save_account(tx, separated)
    await move_persons(tx, [link.guardian_id for link in links], merged.account_id, is_merged=False)
    for link in links:
        await end_sessions_of(tx, merge.kept_account_id, link.guardian_id)
    await move_keys(tx, merge.moved_service_key_ids, merge.kept_account_id, merged.account_id)
    await give_identity_back(tx, merge.merge_id)
    is_moved = email_key(email) != email_key(merged.email)
    if is_moved:
        former = seal(merged.email, keys.seal)
        tx.emit(EmailReplaced(account_id=merged.account_id, sealed=former, replaced_at=now))
    is_opened_anew = is_moved and merged.step is not AccountStatus.INVITED
    if is_opened_anew:
        await void_acceptances(tx, merged.account_id, merged.email)
        await open_anew(tx, separated, CredentialReason.ADDRESS_CORRECTED, rules.validity.invitation)
    await note_undone(tx, merge_id, now, actor.account_id)
    for known in _both(merge):
        await _close_if_of_nobody(tx, known)
    await _publish(tx, merge)
    # The mail of that link says by itself what opens the account from now on.
    for known in (merge.kept_account_id,) if is_opened_anew else _both(merge):
        tx.emit(AccountsSeparated(account_id=known, is_kept=known == merge.kept_account_id, separated_at=now))
    tx.report("accounts separated", account_id=str(merge.kept_account_id))
    return answer(merge, email)


def _both(merge: MergeRecord) -> tuple[UUID, UUID]:
    return merge.kept_account_id, merge.merged_account_id


def _is_moved(link: Link, merge: MergeRecord) -> bool:
    return link.is_merged and link.account_id == merge.kept_account_id


def _is_of_nobody(account: AccountRecord | None) -> bool:
    """Whether agents who merge accounts of families have nothing to do with it."""
    return account is None or account.kind is not ActorKind.PARENT


async def _close_if_of_nobody(tx: Transaction, account_id: UUID) -> None:
    """No file may name any longer those for whom one of the two stood before."""
    account = await lock_account(tx, account_id)
    if account is not None and not account.person_ids:
        await close_account(tx, account)


async def _publish(tx: Transaction, merge: MergeRecord) -> None:
    tx.emit(*(account.state() for account in await lock_accounts(tx, _both(merge))))
