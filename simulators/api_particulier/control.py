"""The control interface, for tests and demonstrations: how the service fails, and what it was asked."""

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import JSONBody

from .answers import ERRORS
from .endpoints import SILENT
from .provider import ApiParticulier, Call, Faults


@get("/")
async def read_faults(api: NamedDependency[ApiParticulier]) -> Faults:
    return api.faults


@post("/reset", status_code=200)
async def reset(api: NamedDependency[ApiParticulier]) -> Faults:
    """Faithful again, and nothing was asked."""
    api.reset()
    return api.faults


@post("/faults", status_code=200)
async def set_faults(data: JSONBody[Faults], api: NamedDependency[ApiParticulier]) -> Faults:
    """Answer everybody so from now on. A code that the service has not is refused: a test of it would prove nothing."""
    if data.mode not in ("ok", SILENT, *ERRORS):
        raise ValidationException(f"unknown fault: {data.mode}")
    api.faults = data
    return api.faults


@get("/calls")
async def calls(api: NamedDependency[ApiParticulier]) -> list[Call]:
    """What was asked, oldest first: instants, statuses and the names of answers."""
    return list(api.calls)


control_router = Router("/control", route_handlers=[read_faults, reset, set_faults, calls])
