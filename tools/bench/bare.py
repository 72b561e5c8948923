"""The bare peer of a service's memory: one route of the same framework behind the same server, and nothing else."""

import os

import uvicorn
from litestar import Litestar, get

from deploy.local.child import LOOPBACK


@get("/health/ready", sync_to_thread=False)
def ready() -> str:
    """The one answer."""
    return "ready"


if __name__ == "__main__":
    uvicorn.run(
        Litestar([ready], openapi_config=None), host=LOOPBACK, port=int(os.environ["HTTP_PORT"]), log_config=None
    )
