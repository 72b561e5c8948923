"""What FranceConnect has besides: a request that is posted, and the end of a token."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from simulators.oidc.endpoints import AnyRequest, client_refused, read_form
from simulators.oidc.provider import Provider
from simulators.oidc.screens import begin


@post("/authorize", status_code=200)
async def authorize_by_form(request: AnyRequest, provider: NamedDependency[Provider]) -> Redirect:
    pairs = [(name, str(value)) for name, value in (await request.form()).multi_items()]
    return begin(request, provider, pairs)


@post("/token/revocation", status_code=200)
async def revocation(request: AnyRequest, provider: NamedDependency[Provider]) -> Response[Any]:
    form = await read_form(request)
    if refused := client_refused(request, form, provider):
        return refused
    provider.revoke(form.get("token", ""))
    return Response("", status_code=200)
