"""HTTP routes of two accounts of one human."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import merging_api
from contracts.identity.merging import Duplicates, Merge, MergePreview, MergeRequest

from ..adapters.keys import Keys
from ..settings import IdentityRules
from . import commands, queries


@serves(merging_api.account_duplicates)
async def account_duplicates(account_id: UUID, db: Database, rules: IdentityRules) -> Duplicates:
    return await queries.duplicates(db, rules, account_id)


@serves(merging_api.preview_merge)
async def preview_merge(account_id: UUID, merged_account_id: UUID, db: Database, rules: IdentityRules) -> MergePreview:
    return await queries.preview(db, rules, account_id, merged_account_id)


@serves(merging_api.merge_accounts)
async def merge_accounts(account_id: UUID, body: MergeRequest, db: Database, actor: Actor) -> Merge:
    return await commands.merge_accounts(db, actor, account_id, body)


@serves(merging_api.undo_merge)
async def undo_merge(merge_id: UUID, db: Database, actor: Actor, keys: Keys, rules: IdentityRules) -> Merge:
    return await commands.undo_merge(db, actor, keys, rules, merge_id)


ROUTES = [account_duplicates, preview_merge, merge_accounts, undo_merge]
