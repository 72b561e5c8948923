"""One scenario of the checkout that it runs in, a turn at a time: what `compare.py` starts in each of the trees that it compares.

    PYTHONPATH=<checkout> python driver.py P1 <seconds, 0 for the scenario's own> <1 for a quick try, else 0>

It is run as a file with the other checkout first on the path, so that everything it imports is that checkout's: its services, its
servers and its own measure, as old as they may be. Each line of the input names a turn, `ours` or `peer`, and is answered by a line of
JSON: an outcome, or what broke. The end of the input ends it.
"""

import asyncio
import gc
import json
import os
import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import uvloop

SCENARIOS = {
    "P1": ("bookings", "HttpBookings"),
    "P2": ("bookings", "HotSlot"),
    "P4": ("replica", "CommitToReplica"),
    "P6": ("invoicing", "InvoiceRunOfTown"),
    "P8": ("gateway_calls", "Screen"),
    "P10": ("footprint", "Footprint"),
    "P12": ("sign_ins", "SignInRush"),
    "P16": ("gateway_calls", "Forwarder"),
}
SECONDS = "ROUND_SECONDS"
"""How long the turn of a scenario that goes by time lasts: an older checkout has no other way to be told."""


async def drive(name: str, seconds: float, is_quick: bool, folder: Path, answers: TextIO) -> None:
    """Prepare the scenario under `folder`, say so, and take turns until the input ends."""
    module_name, class_name = SCENARIOS[name]
    harness: Any = import_module("tools.bench.harness")
    module: Any = import_module(f"tools.bench.{module_name}")
    if seconds and hasattr(module, SECONDS):
        setattr(module, SECONDS, type(getattr(module, SECONDS))(seconds))
    loop = asyncio.get_running_loop()
    async with getattr(module, class_name)().prepare(harness.Setting(folder, is_quick)) as sides:
        gc.collect()
        gc.freeze()
        _answer(answers, {"ready": name})
        while turn := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
            try:
                outcome = await (sides.ours() if turn == "ours" else sides.peer())
                if turn == "ours":
                    await sides.check()
            except harness.InvariantBroken as broken:
                _answer(answers, {"broken": str(broken)})
                return
            _answer(answers, {"figures": dict(outcome.figures), "details": dict(outcome.details)})


def _answer(answers: TextIO, line: dict[str, Any]) -> None:
    answers.write(json.dumps(line) + "\n")
    answers.flush()


def main(name: str, seconds: str, is_quick: str) -> None:
    """Drive, with the standard output for answers alone."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers are stopped and folders removed all the same
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a part of the scenario prints is no answer
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may have to run under another account
        uvloop.run(drive(name, float(seconds), is_quick == "1", Path(folder), answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
