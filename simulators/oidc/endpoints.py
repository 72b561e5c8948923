"""What a client's server asks: discovery, keys, the exchange of a code, and who it was. Nothing is remembered by cookie."""

import asyncio
import hmac
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from .provider import Provider

AnyRequest = Request[Any, Any, Any]
JWT = "application/jwt"


@get("/.well-known/openid-configuration")
async def discovery(provider: NamedDependency[Provider]) -> Response[Any]:
    return await _failing(provider) or Response(provider.document())


@get("/jwks")
async def jwks(provider: NamedDependency[Provider]) -> Response[Any]:
    return await _failing(provider) or Response(provider.keys.published())


@post("/token", status_code=200)
async def token(request: AnyRequest, provider: NamedDependency[Provider]) -> Response[Any]:
    """Exchange a code, once, while it lives, with the client's secret in the form."""
    if failed := await _failing(provider):
        return failed
    form = await read_form(request)
    if refused := client_refused(request, form, provider):
        return refused
    if form.get("grant_type") != "authorization_code":
        return _refused("unsupported_grant_type", "unsupported grant_type requested")
    grant = provider.redeem(form)
    if grant is None:
        return _refused("invalid_grant", "grant request is invalid")
    return Response(
        {
            "access_token": grant.access_token,
            "token_type": "Bearer",
            "expires_in": provider.token_seconds,
            "id_token": provider.id_token(grant),
            "scope": " ".join(sorted(grant.authorization.scopes)),
        }
    )


@get("/userinfo")
async def userinfo(request: AnyRequest, provider: NamedDependency[Provider]) -> Response[Any]:
    """Who it was."""
    if failed := await _failing(provider):
        return failed
    scheme, _, access_token = request.headers.get("authorization", "").partition(" ")
    grant = provider.granted(access_token) if scheme.lower() == "bearer" else None
    if grant is None:
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return Response({"error": "invalid_token"}, status_code=401, headers=headers)
    claims = provider.userinfo(grant)
    if not provider.is_person_signed:
        return Response(claims)
    return Response(provider.keys.sign(claims, provider.fault).encode(), media_type=JWT)


async def read_form(request: AnyRequest) -> dict[str, str]:
    """What was posted, but for files."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def client_refused(request: AnyRequest, form: dict[str, str], provider: Provider) -> Response[Any] | None:
    """The refusal of whoever is not the client, by the secret in the form alone: a header is not how it is known (`client_secret_post`)."""
    client = provider.client
    is_secret = hmac.compare_digest(form.get("client_secret", "").encode(), client.secret.encode())
    if "authorization" not in request.headers and form.get("client_id") == client.client_id and is_secret:
        return None
    return _refused("invalid_client", "client authentication failed", provider.client_refused_status)


async def _failing(provider: Provider) -> Response[Any] | None:
    if provider.fault == "silent":
        await asyncio.sleep(provider.controls.faults.seconds)
    return Response({"error": "server_error"}, status_code=503) if provider.fault in ("unavailable", "silent") else None


def _refused(error: str, description: str, status_code: int = 400) -> Response[Any]:
    return Response({"error": error, "error_description": description}, status_code=status_code)


def endpoints_router(path: str, *more: HTTPRouteHandler) -> Router:
    """The endpoints below a path, and those that one provider has besides."""
    return Router(path, route_handlers=[discovery, jwks, token, userinfo, *more])
