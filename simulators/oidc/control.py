"""The control interface of a provider, for tests and demonstrations: its switches, its keys, who is signed in."""

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from .controls import ClockSwitch, Controls, FaultSwitch
from .provider import Provider


@get("/")
async def read_controls(provider: NamedDependency[Provider]) -> Controls:
    return provider.controls


@post("/reset", status_code=200)
async def reset(provider: NamedDependency[Provider]) -> Controls:
    """Every switch back to the faithful behaviour, and everybody as they were."""
    provider.reset()
    return provider.controls


@post("/faults", status_code=200)
async def set_faults(data: JSONBody[FaultSwitch], provider: NamedDependency[Provider]) -> Controls:
    """Fail so from now on. A fault that this provider does not know is refused: a test of it would prove nothing."""
    if data.mode not in provider.faults:
        raise ValidationException(f"unknown fault: {data.mode}")
    provider.controls = provider.controls.model_copy(update={"faults": data})
    return provider.controls


@post("/clock", status_code=200)
async def set_clock(data: JSONBody[ClockSwitch], provider: NamedDependency[Provider]) -> Controls:
    provider.controls = provider.controls.model_copy(update={"clock": data})
    return provider.controls


@post("/keys", status_code=200)
async def rotate_keys(provider: NamedDependency[Provider]) -> dict[str, str]:
    """Sign with a new key from now on."""
    return {"kid": provider.keys.rotate()}


@get("/sessions")
async def sessions(provider: NamedDependency[Provider]) -> list[str]:
    """Who is signed in at the provider, oldest first."""
    return [session.name for session in provider.sessions.all(provider.now())]


def control_router(*more: HTTPRouteHandler) -> Router:
    """The orders that every provider takes, and those that one takes besides."""
    common = [read_controls, reset, set_faults, set_clock, rotate_keys, sessions]
    return Router("/control", route_handlers=[*common, *more])
