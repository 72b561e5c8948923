"""The routes of quotients. A call is let in, counted, read and answered, and its journal names nobody."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from .answers import Answer, error
from .identity import Asked
from .people import FRANCECONNECT_PEOPLE
from .provider import CACHE_SECONDS, ApiParticulier
from .tokens import claims_of

AnyRequest = Request[Any, Any, Any]
Reading = Callable[[str, Asked], Answer]
SILENCE_SECONDS: Final = 600.0
NO_CACHE: Final = "no-cache"
SILENT: Final = "silent"


@get("/v3/dss/quotient_familial/identite")
async def by_identity(request: AnyRequest, api: NamedDependency[ApiParticulier]) -> Response[bytes]:
    """The quotient of whom the parameters name, for whoever has a token."""
    return await _answered(request, api, api.by_identity)


@get("/v3/dss/quotient_familial/france_connect")
async def by_franceconnect(request: AnyRequest, api: NamedDependency[ApiParticulier]) -> Response[bytes]:
    """The quotient of whom FranceConnect signed in, for whoever has their token."""
    return await _answered(request, api, api.by_franceconnect)


@get("/api/introspect")
async def introspect(request: AnyRequest) -> Response[Any]:
    """What a token lets be asked."""
    claims = claims_of(request.query_params.get("token", "")) or {}
    return Response({"_id": claims.get("uid"), "name": None, "scopes": claims.get("scopes", [])})


async def _answered(request: AnyRequest, api: ApiParticulier, read: Reading) -> Response[bytes]:
    began, address = time.time(), request.client.host if request.client else ""
    if api.throttle.is_dropped(address, began) or api.faults.mode == SILENT:
        await asyncio.sleep(api.faults.seconds if api.faults.mode == SILENT else SILENCE_SECONDS)
    bearer = _bearer(request)
    is_franceconnect = read == api.by_franceconnect and bearer in FRANCECONNECT_PEOPLE
    answer = (None if is_franceconnect else api.door(bearer, address)) or _failing(api)
    cached_seconds = 0
    if answer is None:
        answer, cached_seconds = await _read(request, api, bearer, read)
    headers = {
        "X-Request-ID": api.note(answer, began),
        "X-Response-Cached": "true" if cached_seconds else "false",
        "X-Cache-Expires-in": str(cached_seconds or ""),
        **api.throttle.headers(bearer, time.time()),
    }
    return answer.sent(headers)


async def _read(request: AnyRequest, api: ApiParticulier, bearer: str, read: Reading) -> tuple[Answer, int]:
    """The answer, and for how many seconds it is known already."""
    asked = request.query_params.dict()
    key = (bearer, f"{request.url.path}?{request.url.query}")
    now = time.time()
    if api.cached.get(key, 0.0) > now and request.headers.get("cache-control") != NO_CACHE:
        return read(bearer, asked), int(api.cached[key] - now)
    if key in api.running:
        return error("00015"), 0
    api.running.add(key)
    try:
        await asyncio.sleep(api.case_of(asked).seconds)
        answer = read(bearer, asked)
    finally:
        api.running.discard(key)
    if answer.status == 200:
        api.cached[key] = now + CACHE_SECONDS
    return answer, 0


def _failing(api: ApiParticulier) -> Answer | None:
    mode = api.faults.mode
    if mode in ("ok", SILENT):
        return None
    return error(mode, **({"Retry-After": str(int(api.faults.seconds))} if mode == "00429" else {}))


def _bearer(request: AnyRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
