"""What a person sees: whom to be, the way back, and the end of a session."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from simulators.serving import Pages

from .provider import Provider, Session
from .refusals import PageError, RedirectError
from .requests import Authorization

AnyRequest = Request[Any, Any, Any]


@get("/authorize")
async def authorize(request: AnyRequest, provider: NamedDependency[Provider]) -> Redirect:
    return begin(request, provider, parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True))


def begin(request: AnyRequest, provider: Provider, pairs: list[tuple[str, str]]) -> Redirect:
    """Answer at once for whoever need not be asked, or show the page."""
    asked = provider.read(pairs)
    if provider.fault == "server_error":
        raise RedirectError(asked.redirect_uri, asked.state, "server_error", "an error occurred")
    session = provider.signed_in(asked, request.cookies.get(provider.cookie, "") if provider.cookie else "")
    if session is not None:
        return _approved(provider, asked, session)
    name = provider.interactions.put(asked, provider.now())
    return Redirect(f"{provider.path}/interaction/{name}", status_code=303)


@get("/interaction/{name:str}")
async def interaction(
    name: FromPath[str], provider: NamedDependency[Provider], pages: NamedDependency[Pages]
) -> Response[str]:
    """Whom to be, and what the client will know."""
    asked = provider.interactions.get(name, provider.now())
    if asked is None:
        raise PageError(provider.codes.over, "interaction")
    values = {
        "action": f"{provider.path}/interaction/{name}",
        "label": provider.client.label,
        "people": list(provider.people.values()),
        "scopes": sorted(asked.scopes - {"openid"}),
    }
    # The form posts here and ends at the client's address: the policy of the page must allow that one.
    return pages.answer("choice.html", values, form_origin="/".join(asked.redirect_uri.split("/")[:3]))


@post("/interaction/{name:str}")
async def answer(
    name: FromPath[str], data: URLEncodedBody[dict[str, str]], provider: NamedDependency[Provider]
) -> Redirect:
    """Sign somebody in and go back with a code, or without."""
    asked = provider.interactions.take(name, provider.now())
    if asked is None:
        raise PageError(provider.codes.over, "interaction")
    person = provider.people.get(data.get("person", ""))
    if person is None or data.get("choice") != "continue" or provider.fault == "no_person":
        raise RedirectError(asked.redirect_uri, asked.state, "access_denied", "User auth aborted")
    if person.has_left:
        raise RedirectError(asked.redirect_uri, asked.state, "access_denied", "account disabled")
    secret, session = provider.sign_in(person)
    redirect = _approved(provider, asked, session)
    if provider.cookie:
        kept = Cookie(key=provider.cookie, value=secret, path=provider.path, httponly=True, samesite="lax")
        redirect.cookies.append(kept)
    return redirect


def _end_session(request: AnyRequest, provider: Provider) -> Redirect:
    """End the session of the hint, of any age, and go back to an address that was registered for it."""
    asked, wrong = request.query_params, provider.codes.parameter
    claims = provider.keys.read(asked.get("id_token_hint", ""))
    if claims is None or claims.get("aud") != provider.client.client_id:
        raise PageError(wrong, "id_token_hint")
    if asked.get("post_logout_redirect_uri") not in provider.client.post_logout_uris:
        raise PageError(wrong, "post_logout_redirect_uri")
    if provider.ends_with_state and not asked.get("state"):
        raise PageError(wrong, "state")
    provider.end(str(claims.get("sid")))
    query = urlencode({"state": asked.get("state", "")})
    return Redirect(f"{asked['post_logout_redirect_uri']}?{query}", status_code=303)


def _approved(provider: Provider, asked: Authorization, session: Session) -> Redirect:
    return _back(provider, asked.redirect_uri, {"code": provider.approve(asked, session), "state": asked.state})


def _back(provider: Provider, redirect_uri: str, values: dict[str, str]) -> Redirect:
    issuer = provider.elsewhere if provider.fault == "foreign_iss" else provider.issuer
    named = values if provider.fault == "no_iss" else {**values, "iss": issuer}
    return Redirect(f"{redirect_uri}?{urlencode(named)}", status_code=303)


def screens_router(pages: Pages, provider: Provider, *more: HTTPRouteHandler) -> Router:
    """The pages, and what is shown or answered when a request is refused."""

    @get(provider.end_session_path)
    async def end_session(request: AnyRequest) -> Redirect:
        return _end_session(request, provider)

    def on_page(_request: AnyRequest, error: PageError) -> Response[str]:
        return pages.answer("refused.html", {"code": error.code, "reason": error.reason}, status_code=400)

    def on_redirect(_request: AnyRequest, error: RedirectError) -> Redirect:
        values = {"error": error.error, "error_description": error.description, "state": error.state}
        return _back(provider, error.redirect_uri, values)

    return Router(
        provider.path,
        route_handlers=[authorize, interaction, answer, end_session, *more],
        exception_handlers={PageError: on_page, RedirectError: on_redirect},
    )
