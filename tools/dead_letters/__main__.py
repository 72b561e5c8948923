"""`python -m tools.dead_letters <service> list|show|redrive|discard ...`, with the variables of the service's process.

Exit codes: 0 when nothing is left to do, 1 when something failed again or is gone, 2 when the command cannot run.
"""

import argparse
import sys
from collections.abc import Sequence

from contracts.event import MalformedRecord
from contracts.types import SERVICES

from ..operating import Operated, OperatorError, operated, operator, run
from ..records import Gone
from . import letters, show
from .letters import DeadLetter, Wanted
from .redrive import redrive

LIMIT = 50


async def command(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    options = parser().parse_args(arguments)
    commands = {"list": _list, "show": _show, "redrive": _redrive, "discard": _discard}
    async with operated(options.service) as parts:
        return await commands[options.command](parts, options)


def parser() -> argparse.ArgumentParser:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.dead_letters", description=__doc__)
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    commands = parser.add_subparsers(dest="command", required=True)

    listing = commands.add_parser("list", help="what rests, by topic and place")
    listing.add_argument("--status", choices=("open", "resolved", "all"), default="open")
    for name in ("topic", "key", "type", "cause"):
        listing.add_argument(f"--{name}")
    listing.add_argument("--limit", type=int, default=LIMIT)
    listing.add_argument("--after", metavar="ID", help="continue behind this one")

    showing = commands.add_parser("show", help="one dead letter and its record, without what the record holds")
    showing.add_argument("id")
    showing.add_argument("--with-content", action="store_true", help="with what the record holds: personal data")

    driving = commands.add_parser("redrive", help="apply their records again, in the order of their places")
    driving.add_argument("ids", nargs="*", metavar="ID")
    driving.add_argument("--all", action="store_true", help="every open one")
    driving.add_argument("--topic", help="with --all: of this topic only")
    driving.add_argument("--by", default=operator(), help="who decided it")

    discarding = commands.add_parser("discard", help="decide to do without a record")
    discarding.add_argument("id")
    discarding.add_argument("--reason", required=True)
    discarding.add_argument("--by", default=operator(), help="who decided it")
    return parser


async def _list(parts: Operated, options: argparse.Namespace) -> int:
    wanted = Wanted(options.status, options.topic, options.key, options.type, options.cause, options.after)
    dead_letters = await letters.find(parts.db, wanted, options.limit)
    if options.json:
        for letter in dead_letters:
            print(show.as_json(show.fields_of(letter)))
        return 0
    print(show.table(dead_letters) if dead_letters else "no dead letter")
    if len(dead_letters) == options.limit:
        print(f"there may be more: --after {dead_letters[-1].event_key}")
    return 0


async def _show(parts: Operated, options: argparse.Namespace) -> int:
    letter = await _known(parts, options.id)
    fields = show.fields_of(letter)
    try:
        record = await parts.reader.read(letter.topic, letter.partition, letter.record_offset)
        fields["record"] = show.fields_of_record(letter.topic, record, with_content=options.with_content)
    except Gone as gone:
        fields["record"] = {"gone": str(gone)}
    except MalformedRecord as fault:
        fields["record"] = {"malformed": str(fault)}
    print(show.as_json(fields) if options.json else show.lines(fields))
    return 0


async def _redrive(parts: Operated, options: argparse.Namespace) -> int:
    if options.all == bool(options.ids):
        raise OperatorError("redrive needs ids, or --all")
    if options.all:
        chosen = await letters.find(parts.db, Wanted(topic=options.topic))
    else:
        chosen = [await _known(parts, event_key) for event_key in dict.fromkeys(options.ids)]
    code = 0
    async for result in redrive(parts, chosen, options.by):
        code = code if result.outcome.is_success else 1
        words = f"{result.letter.event_key}: {result.outcome}" + (f": {result.detail}" if result.detail else "")
        print(show.as_json(show.fields_of_result(result)) if options.json else words, flush=True)
    return code


async def _discard(parts: Operated, options: argparse.Namespace) -> int:
    await _known(parts, options.id)
    async with parts.db.transaction() as tx:
        letter = await letters.lock(tx, options.id)
        if letter.resolution:
            raise OperatorError(f"{options.id} was resolved before: {letter.resolution} by {letter.resolved_by}")
        await letters.resolve(tx, options.id, "discarded", options.by, options.reason)
    print(f"{options.id}: discarded")
    return 0


async def _known(parts: Operated, event_key: str) -> DeadLetter:
    letter = await letters.read(parts.db, event_key)
    if letter is None:
        raise OperatorError(f"no dead letter {event_key}: `list` shows them")
    return letter


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
