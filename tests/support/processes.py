"""Real processes of the product inside a test: a Python module with its environment, until the end of a block."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from deploy.local.child import free_ports
from tests.support.polling import eventually

ROOT = Path(__file__).parents[2]
LOG_SHOWN = 8_000
"""How much of the end of a process' log a failure shows."""


class RunningProcess:
    """A process that answers over HTTP."""

    def __init__(self, process: asyncio.subprocess.Process, client: httpx2.AsyncClient) -> None:
        self.process, self.client = process, client

    async def is_ready(self) -> bool:
        assert self.process.returncode is None, f"ended with {self.process.returncode}"
        return await self.status("/health/ready") == 200

    async def status(self, path: str) -> int | None:
        """The status of an answer, or None without one."""
        try:
            return (await self.client.get(path)).status_code
        except httpx2.TransportError:
            return None


@asynccontextmanager
async def running_process(module: str, log: Path, environment: Mapping[str, str]) -> AsyncIterator[RunningProcess]:
    """`python -m module` on a free port, once it is ready; stopped gently at the end, or by force after a while."""
    (port,) = free_ports(1)
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            env={**os.environ, "DRAIN_SECONDS": "0", **environment, "HTTP_PORT": str(port)},
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            running = RunningProcess(process, client)
            await eventually(running.is_ready, 30)
            yield running
    except BaseException:
        _show_end(log)
        raise
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()


def _show_end(log: Path) -> None:
    print(log.read_text()[-LOG_SHOWN:])


async def run_tool(environment: Mapping[str, str], *words: str) -> tuple[int, str]:
    """Run `python -m words...` to its end; its exit code, and what it said."""
    return await run_python(environment, "-m", *words)


async def run_python(environment: Mapping[str, str], *words: str) -> tuple[int, str]:
    """Run `python words...` to its end; its exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, output.decode()
