"""Where the accounts of families stand, how many stand there, and the same as a file."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final

from litestar import Response

from contracts.http import PAGE_SIZE_MAX, Page
from contracts.identity.accounts import FamilyAccount, FamilyAccountState, LastSignIn
from contracts.identity.accounts_api import count_family_accounts, list_family_accounts
from portal.agents.accounts.filters import Options, chosen, last_sign_in_options
from portal.frame.exports import ROWS_MAX, Column, can_export, export, on_the_clock
from portal.frame.spaces import file, page
from portal.frame.visit import Visit

PATH: Final = "/agents/familles/comptes"
LONG: Final = 2_000
"""From so many accounts on, the page says that their file takes a while."""
SECONDS_PER_LONG: Final = 1
"""What so many take to be read, at most, on a machine that others use too."""


@page(PATH)
async def family_accounts_page(visit: Visit) -> Response[Any]:
    """The accounts in a state, whose holders signed in last some time ago, and how many there are of each."""
    options = _options(visit)
    asked = chosen(visit, options)
    state, last = _narrowed(asked)
    accounts, counts = await asyncio.gather(
        visit.call(list_family_accounts, state, last, visit.cursor), visit.call(count_family_accounts, last)
    )
    count = sum(item.account_count for item in counts.items if state in (None, item.state))
    context = {
        "accounts": accounts.items,
        "next_cursor": accounts.next_cursor,
        "counts": [item for item in counts.items if item.account_count],
        "count": count,
        "options": options,
        "asked": asked,
        "can_export": can_export(visit),
        "is_too_long": count > ROWS_MAX,
        "seconds": -(-count // LONG) * SECONDS_PER_LONG if count > LONG else 0,
    }
    return visit.page("agents/family_accounts/list.html.j2", context)


@file(f"{PATH}/tableau")
async def family_accounts_file(visit: Visit) -> Response[Any]:
    """The same, for a spreadsheet."""
    texts = visit.portal.texts
    state, last = _narrowed(chosen(visit, _options(visit)))

    def read(cursor: str | None) -> Awaitable[Page[FamilyAccount]]:
        return visit.call(list_family_accounts, state, last, cursor, PAGE_SIZE_MAX)

    columns: Sequence[Column[FamilyAccount]] = (
        Column("agents.family_accounts.names", lambda account: ", ".join(account.names)),
        Column("agents.families.reference", lambda account: ", ".join(account.references)),
        Column("agents.families.email", lambda account: account.email),
        Column(
            "agents.family_accounts.state", lambda account: texts(f"agents.family_accounts.state_of.{account.state}")
        ),
        Column("agents.family_accounts.invited_at", lambda account: on_the_clock(visit, account.invited_at)),
        Column("agents.family_accounts.expires_at", lambda account: on_the_clock(visit, account.invitation_expires_at)),
        Column("agents.family_accounts.last_sign_in", lambda account: on_the_clock(visit, account.last_sign_in_at)),
    )
    return await export(visit, "comptes-familles", columns, read)


def _options(visit: Visit) -> Options:
    texts = visit.portal.texts
    return {
        "etat": [(state.value, texts(f"agents.family_accounts.state_of.{state}")) for state in FamilyAccountState],
        "connexion": last_sign_in_options(texts),
    }


def _narrowed(asked: Mapping[str, str]) -> tuple[FamilyAccountState | None, LastSignIn | None]:
    """The state and the last sign-in that the address asks for."""
    state, last = asked.get("etat"), asked.get("connexion")
    return FamilyAccountState(state) if state else None, LastSignIn(last) if last else None


PAGES = [family_accounts_page, family_accounts_file]
