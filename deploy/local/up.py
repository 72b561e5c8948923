"""What `make up` runs once the virtual environment is there: check the machine, start the stack, fill the town once, say
where everything is, keep it running, and stop it cleanly. What goes wrong is said in one line, with what to do."""

import errno
import os
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from .browser import find_browser
from .child import ROOT, LauncherError, die_with_parent, last_words, port_is_free, spawn, stop, wait_until
from .environment import execute
from .jars import ensure_jars
from .ports import BASE, REPLICAS_MAX, PortPlan
from .postgres import SERVICES
from .simulators import AGENT_PROVIDER, API_PARTICULIER, SIMULATORS, is_open
from .stack import TOWNS, Stack, StackPlan
from .state import check_space, check_town, check_version, forget, free_bytes, locked

STATE_DIR = ROOT / ".run"
WATCH_SECONDS = 0.5
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SEED_LIMIT_SECONDS = 300
LOW_BYTES = 200_000_000
ADDRESS_COLUMN = 18
# After a launcher that was killed, its children need a moment to end.
PORTS_LIMIT_SECONDS = 10


def main(arguments: list[str]) -> int:
    """Run a command, `up` by default; the exit code is 1 after a line that says what is wrong."""
    state_dir = Path(os.environ.get("STATE_DIR") or STATE_DIR).resolve()
    commands: dict[str, Callable[[], object]] = {
        "up": lambda: _up(state_dir),
        "reset": lambda: _reset(state_dir),
        "jars": ensure_jars,
        "browser": _browser,
        "exec": lambda: execute(state_dir, arguments[1:]),
    }
    command = commands.get(arguments[0] if arguments else "up")
    if command is None:
        return _fail(f"unknown command {arguments[0]}: one of {', '.join(commands)}")
    for asked in STOPPING:
        if asked != signal.SIGHUP or signal.getsignal(asked) != signal.SIG_IGN:  # `nohup make up` outlives its terminal
            signal.signal(asked, _interrupt)
    if "MAKELEVEL" in os.environ:  # make tells nobody when it is killed
        die_with_parent(signal.SIGTERM, os.getppid())
    try:
        command()
    except KeyboardInterrupt:
        say("stopped; `make up` continues with the same data")
    except LauncherError as error:
        return _fail(str(error))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _fail(f"the disk of {state_dir} is full: free some space, then `make up` again")
        if error.errno in (errno.EACCES, errno.EPERM):
            return _fail(
                f"{error.filename or state_dir} belongs to another user: run as that user, or remove {state_dir}"
            )
        raise
    return 0


def say(line: str) -> None:
    """One line of progress."""
    print(line, flush=True)


def _fail(reason: str) -> int:
    print(f"error: {reason}", file=sys.stderr, flush=True)
    return 1


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Leave what is being done for a clean stop; a second Ctrl-C must not interrupt that one."""
    for ignored in STOPPING:
        signal.signal(ignored, signal.SIG_IGN)
    os.write(sys.stdout.fileno(), b"\nstopping ...\n")  # not print: it may be what was interrupted
    raise KeyboardInterrupt


def _browser() -> None:
    """The path alone stands on the standard output, for the Makefile."""
    print(find_browser(lambda line: print(line, file=sys.stderr, flush=True)))


def _reset(state_dir: Path) -> None:
    if not state_dir.exists():
        say("nothing to forget")
        return
    with locked(state_dir):
        forget(state_dir)
    say("forgotten: the next `make up` begins with a new town")
    if os.environ.get("DATABASE_URL") or os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        say("what the servers of DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS hold is kept: drop it there")


def _up(state_dir: Path) -> None:
    began = time.monotonic()
    plan = plan_from_environment(state_dir)
    with locked(state_dir):
        check_version(state_dir)
        check_town(state_dir, plan.town)
        check_space(state_dir)
        if plan.kafka_bootstrap is None:
            ensure_jars(say)  # here, not in the stack: a download must give way to Ctrl-C
        stack = Stack(plan, say)
        stack.end_former()
        check_ports(plan)
        with stack:
            if plan.parts == ():
                say("PostgreSQL and Kafka run, and nothing else")
            else:
                _seed(stack)
                say(welcome(stack, time.monotonic() - began))
            _keep_running(stack)


def plan_from_environment(state_dir: Path) -> StackPlan:
    """The plan that TOWN, PORT_BASE, REPLICAS, ONLY, TRACES, DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS ask for."""
    town = os.environ.get("TOWN") or "demo"
    if not (TOWNS / town / "town.toml").exists():
        known = ", ".join(sorted(file.parent.name for file in TOWNS.glob("*/town.toml")))
        raise LauncherError(f"no town profile {town}: TOWN is one of {known}")
    if (only := os.environ.get("ONLY")) not in (None, "", "servers"):
        raise LauncherError(f"ONLY is servers, or is not set: not {only}")
    replicas = _replicas(os.environ.get("REPLICAS") or "1")
    return StackPlan(
        state_dir,
        town=town,
        ports=PortPlan.fixed(_number("PORT_BASE", os.environ.get("PORT_BASE") or str(BASE), 65_000), replicas),
        replicas=replicas,
        database_url=os.environ.get("DATABASE_URL") or None,
        kafka_bootstrap=os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or None,
        parts=() if only else None,
        has_traces=bool(os.environ.get("TRACES")),
    )


def _replicas(given: str) -> dict[str, int]:
    """How often each service runs: `2` for all of them, or `booking=2,billing=3` for some."""
    if "=" not in given:
        return dict.fromkeys(SERVICES, _number("REPLICAS", given, REPLICAS_MAX))
    counts = {name: count for name, _, count in (part.partition("=") for part in given.split(","))}
    if unknown := [name for name in counts if name not in SERVICES]:
        raise LauncherError(f"REPLICAS names {unknown[0]}: the services are {', '.join(SERVICES)}")
    return dict.fromkeys(SERVICES, 1) | {name: _number("REPLICAS", text, REPLICAS_MAX) for name, text in counts.items()}


def _number(variable: str, text: str, maximum: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= maximum:
        raise LauncherError(f"{variable} is a number from 1 to {maximum}, not {text}")
    return int(text)


def check_ports(plan: StackPlan) -> None:
    """Refuse to start where somebody else listens."""
    external = {"postgres"} if plan.database_url else set()
    external |= {"kafka", "controller"} if plan.kafka_bootstrap else set()
    external |= set() if plan.has_traces else {"traces"}
    external |= set(SIMULATORS) - set(plan.simulators)
    needed = {name: port for name, port in (plan.ports or PortPlan({})).ports.items() if name not in external}
    if not all(port_is_free(port) for port in needed.values()):
        say("waiting for ports that are in use")
        wait_until(lambda: all(port_is_free(port) for port in needed.values()), PORTS_LIMIT_SECONDS)
    for name, port in needed.items():
        if not port_is_free(port):
            raise LauncherError(
                f"port {port} ({name}) is in use: stop the program that listens there, or shift all ports: PORT_BASE=9000 make up"
            )


def _seed(stack: Stack) -> None:
    """Fill a new town with people, once; a seed that fails leaves a portal that works, and is tried again next time."""
    marker = stack.state_dir / "seeded"
    if marker.exists():
        return
    if find_spec("tools") is None or find_spec("tools.seed") is None:
        say("nobody lives there: there is no tools.seed in this tree")
        return
    say("filling the town with people")
    steps = {"seed": (["tools.seed"], stack.tool_env())}
    plan = tomllib.loads((TOWNS / stack.plan.town / "seed.toml").read_text("utf-8"))
    if base := plan.get("address_base"):
        steps["addresses"] = (["tools.addresses", str(ROOT / base)], stack.env("family"))
    # At once: a file that is opened before the addresses are there is looked up in them as they come.
    running = {
        stack.logs / f"{name}.log": spawn(
            [sys.executable, "-m", *words], stack.logs / f"{name}.log", env=dict(os.environ) | env
        )
        for name, (words, env) in steps.items()
    }
    try:
        wait_until(lambda: all(step.poll() is not None for step in running.values()), SEED_LIMIT_SECONDS)
    finally:
        for step in running.values():
            stop(step, signal.SIGTERM, 1)
    failed = [log for log, step in running.items() if step.returncode != 0]
    for log in failed:
        say(f"warning: the town is not complete ({last_words(log)}); see {log}; `make reset` begins anew")
    if not failed:
        marker.touch()


def welcome(stack: Stack, seconds: float) -> str:
    """What a newcomer needs to know."""
    lines = [
        "",
        f"The portal is ready ({seconds:.0f} s).",
        "",
        f"  {'Portal':<{ADDRESS_COLUMN}}{stack.portal_url}",
        *(f"  {label:<{ADDRESS_COLUMN}}{address}" for label, address in addresses(stack)),
        "",
        *personas(TOWNS / stack.plan.town / "personas.toml"),
        f"  Logs             {_short(stack.logs)}",
        "  Stop             Ctrl-C (the data stays; `make reset` forgets it)",
        "",
    ]
    return "\n".join(lines)


def addresses(stack: Stack) -> Iterator[tuple[str, str]]:
    """What else there is to look at, and where: the stand-ins that the town uses, and traces if there are any."""
    plan = stack.plan
    used = {
        "mail": "Mails sent",
        "payfip": "Payment (PayFiP)",
        **({"franceconnect": "FranceConnect"} if is_open(plan.town_file, "identity", "franceconnect") else {}),
        **({AGENT_PROVIDER: "Agents' provider"} if AGENT_PROVIDER in plan.simulators else {}),
        **({API_PARTICULIER: "API Particulier"} if API_PARTICULIER in plan.simulators else {}),
        **({"traces": "Traces"} if plan.has_traces else {}),
    }
    for name, label in used.items():
        yield label, stack.url(name).replace("127.0.0.1", "localhost")


def personas(file: Path) -> list[str]:
    """The town's people as a table: who they are, and how to sign in as them."""
    if not file.exists():
        return []
    people = tomllib.loads(file.read_text()).get("persona", [])
    columns = ("name", "role", "login", "password", "note")
    rows = [
        ("Person", "Role", "User name", "Password", ""),
        *(tuple(str(p.get(c, "")) for c in columns) for p in people),
    ]
    widths = [max(len(row[index]) for row in rows) for index in range(len(columns))]
    table = [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return [*table, ""]


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _keep_running(stack: Stack) -> None:
    """Until Ctrl-C: start again what dies, and say once when the disk gets full."""
    warned = False
    while True:
        time.sleep(WATCH_SECONDS)
        stack.watch()
        if not warned and free_bytes(stack.state_dir) < LOW_BYTES:
            say(f"warning: the disk of {_short(stack.state_dir)} is nearly full: free some space")
            warned = True
