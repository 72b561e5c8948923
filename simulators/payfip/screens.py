"""The payer's pages, in three steps: what is to be paid, how and with which card, the result with its ticket.

Plain links and forms, no script. The identifier of the operation in the address is the payer's only key, as with the real service.
Every step asks the books again: going back, a second click or a second tab never pays twice.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from simulators.serving import PARIS, Pages

from . import rules
from .provider import FAULT_LABELS, Provider
from .store import Operation

MEANS: tuple[rules.Means, ...] = ("CB", "VISA", "MASTERCARD", "PRELEVEMENT")
REFUSAL_STATUS = {"P1": 404, "P3": 409, "P4": 410}
Form = URLEncodedBody[dict[str, str]]


class PageRefused(Exception):
    """The page cannot be shown: the code says why, the operation is the one asked for when it exists."""

    def __init__(self, code: str, operation: Operation | None, *, is_entry: bool) -> None:
        super().__init__(code)
        self.code = code
        self.operation = operation
        self.is_entry = is_entry


@get("/paiementws.web")
async def entry(
    provider: NamedDependency[Provider], pages: NamedDependency[Pages], idop: FromQuery[str] = ""
) -> Response[str]:
    """Step 1: the reference of the debt, its amount, the payer's address. Opens the operation."""
    operation = _operation(provider, idop, is_entry=True)
    provider.store.open(operation.id_op, provider.now())
    return _page(provider, pages, "debt.html", operation)


@get("/moyen.web")
async def means(
    provider: NamedDependency[Provider], pages: NamedDependency[Pages], idop: FromQuery[str] = ""
) -> Response[str]:
    """Step 2: which kind of card, or a direct debit."""
    return _page(provider, pages, "means.html", _operation(provider, idop), {"means": MEANS, "is_missing": False})


@get("/coordonnees.web")
async def account(
    provider: NamedDependency[Provider],
    pages: NamedDependency[Pages],
    idop: FromQuery[str] = "",
    moyen: FromQuery[str] = "",
) -> Response[str]:
    """Step 2, continued: the references of the card or of the bank account."""
    operation = _operation(provider, idop)
    if moyen not in MEANS:
        return _page(provider, pages, "means.html", operation, {"means": MEANS, "is_missing": True})
    return _page(provider, pages, "account.html", operation, {"chosen": moyen, "typed": {}, "errors": set()})


@post("/coordonnees.web", status_code=200)
async def submit_account(
    data: Form, provider: NamedDependency[Provider], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Check what was typed, then send the payer to the bank's authentication."""
    operation = _operation(provider, data.get("idop", ""))
    chosen = next((known for known in MEANS if known == data.get("moyen")), None)
    if chosen is None:
        return _page(provider, pages, "means.html", operation, {"means": MEANS, "is_missing": True})
    number = data.get("number", "")
    errors = _account_errors(provider, chosen, data)
    if errors:
        return _page(provider, pages, "account.html", operation, {"chosen": chosen, "typed": data, "errors": errors})
    provider.store.choose_means(
        operation.id_op,
        means=chosen,
        account_hint=rules.digits(number)[-4:],
        expected_result=rules.payment_result(chosen, number),
    )
    return _to("authentification.web", operation)


@get("/authentification.web")
async def authentication(
    provider: NamedDependency[Provider], pages: NamedDependency[Pages], idop: FromQuery[str] = ""
) -> Response[str] | Redirect:
    """The simulated 3-D Secure of the bank, or the payer's signature of a direct debit."""
    operation = _operation(provider, idop)
    if operation.means is None:
        return _to("moyen.web", operation)
    return _page(provider, pages, "authentication.html", operation)


@post("/authentification.web")
async def submit_authentication(data: Form, provider: NamedDependency[Provider]) -> Redirect:
    """The payer confirms, and the bank answers; or the payer fails to prove who they are, and it is refused."""
    operation = _operation(provider, data.get("idop", ""))
    if operation.means is None or operation.expected_result is None:
        return _to("moyen.web", operation)
    if data.get("choice") == "confirm":
        result = cast(rules.ResultCode, operation.expected_result)
    else:
        result = "Z" if operation.means == "PRELEVEMENT" else "R"
    # When another tab was faster, its result stands and its ticket is what we show.
    provider.record(operation.id_op, result)
    return _to("ticket.web", operation)


@get("/ticket.web")
async def ticket(
    provider: NamedDependency[Provider], pages: NamedDependency[Pages], idop: FromQuery[str] = ""
) -> Response[str] | Redirect:
    """Step 3: the result, the ticket when it is paid, and the way back to the town's site."""
    operation = provider.store.find(idop)
    if operation is None:
        raise PageRefused("P1", None, is_entry=False)
    if operation.result in {None, "A"}:
        return _to("paiementws.web", operation)
    return _page(provider, pages, "ticket.html", operation, {"return_url": return_url(operation)})


@post("/renoncer.web")
async def give_up(data: Form, provider: NamedDependency[Provider]) -> Redirect:
    """The payer gives up and goes back to the town's site; may still come back and pay."""
    operation = _operation(provider, data.get("idop", ""))
    provider.record(operation.id_op, "A")
    return Redirect(return_url(operation), status_code=303)


def _operation(provider: Provider, id_op: str, *, is_entry: bool = False) -> Operation:
    """The operation when its payment can go on; otherwise raises PageRefused."""
    operation = provider.store.find(id_op)
    if operation is None:
        raise PageRefused("P1", None, is_entry=is_entry)
    code = rules.page_fault(
        created_at=operation.created_at,
        opened_at=operation.opened_at,
        result=operation.result,
        now=provider.now(),
        is_entry=is_entry,
    )
    if code:
        raise PageRefused(code, operation, is_entry=is_entry)
    return operation


def _account_errors(provider: Provider, chosen: rules.Means, typed: Mapping[str, str]) -> set[str]:
    number = typed.get("number", "")
    if chosen == "PRELEVEMENT":
        return set() if rules.is_iban(number) else {"number"}
    today = provider.now().astimezone(PARIS).date()
    return rules.card_errors(number, typed.get("expiry", ""), typed.get("cryptogram", ""), today)


def _page(
    provider: Provider, pages: Pages, template: str, operation: Operation, values: Mapping[str, object] | None = None
) -> Response[str]:
    client = provider.clients.get(operation.numcli)
    labels = [label for label in client.labels if label] if client else [operation.numcli]
    return pages.answer(
        template,
        {**(values or {}), "operation": operation, "labels": labels},
        # Giving up posts a form here and ends on the town's site: the policy of the page must allow that one address.
        form_origin=rules.url_origin(operation.urlredirect) or "",
    )


def _to(step: str, operation: Operation) -> Redirect:
    return Redirect(f"/tpa/{step}?{urlencode({'idop': operation.id_op})}", status_code=303)


def return_url(operation: Operation) -> str:
    """The town's return address with the identifier added to its query."""
    parts = urlsplit(operation.urlredirect)
    added = urlencode({"idop": operation.id_op})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def screens_router(pages: Pages) -> Router:
    """The pages under /tpa, with the answer to a page that cannot be shown."""

    def refuse(_request: Request[Any, Any, Any], refused: PageRefused) -> Response[str] | Redirect:
        if refused.code == "P3" and refused.operation and not refused.is_entry:
            return _to("ticket.web", refused.operation)
        back = return_url(refused.operation) if refused.operation else None
        return pages.answer(
            "refused.html",
            {"code": refused.code, "label": FAULT_LABELS[refused.code], "return_url": back},
            status_code=REFUSAL_STATUS[refused.code],
        )

    return Router(
        path="/tpa",
        route_handlers=[
            entry,
            means,
            account,
            submit_account,
            authentication,
            submit_authentication,
            ticket,
            give_up,
        ],
        exception_handlers={PageRefused: refuse},
    )
