"""What the script of a page is told that asks the browser's authenticator: the question, or why there is none."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie

from contracts.identity.passkeys import PasskeyOptions
from gateway.calls import Refused
from portal.frame.visit import Visit

JSON: Final = "application/json"


def question(started: PasskeyOptions, cookies: Sequence[Cookie] = ()) -> Response[Any]:
    """What the script of a page asks the authenticator."""
    return Response(started.options.encode(), media_type=JSON, cookies=list(cookies))


def refusal(visit: Visit, refused: Refused) -> Response[Any]:
    """Why nothing is asked, as the script of a page says it."""
    text = visit.refused(refused).refusal
    return Response({"refusal": text}, status_code=refused.problem.status, media_type=JSON)
