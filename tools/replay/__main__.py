"""`python -m tools.replay <service> <topic> [--rebuild] [--dry-run | --yes]`, with the variables of the service's process.

Reads a topic again from its first record into one service, while the service works on. It says what it is about to do, and asks.
Exit codes: 0 done, 1 some records could not be applied, 2 the command cannot run.
"""

import argparse
import sys
from collections.abc import Sequence

from contracts.types import SERVICES

from ..operating import Operated, OperatorError, operated, run
from .replaying import rebuild, replay


async def command(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    options = parser().parse_args(arguments)
    async with operated(options.service) as parts:
        topics = parts.service.subscriptions.topics
        if options.topic not in topics:
            raise OperatorError(f"{options.service} does not read {options.topic}: it reads {', '.join(topics)}")
        act = _rebuild if options.rebuild else _replay
        if options.dry_run or not options.yes:
            await act(parts, options, is_trial=True)
        if options.dry_run:
            return 0
        if not options.yes:
            _ask()
        return await act(parts, options, is_trial=False)


def parser() -> argparse.ArgumentParser:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.replay", description=__doc__)
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("topic", help="as in contracts/README.md, without a prefix")
    parser.add_argument("--rebuild", action="store_true", help="write the service's replica of a state topic anew")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--erase-missing", action="store_true", help="rebuild even if the topic lacks most of what the replica holds"
    )
    return parser


async def _replay(parts: Operated, options: argparse.Namespace, *, is_trial: bool) -> int:
    done = await replay(parts, options.topic, is_trial=is_trial)
    print(
        f"{'would replay' if is_trial else 'replayed'} {options.topic} into {options.service}: {done.read} records,"
        f" {done.known} applied before, {done.applied} {'to apply' if is_trial else 'applied now'},"
        f" {done.left_alone} left alone (older than the inbox remembers)"
    )
    if done.put_aside:
        print(f"{done.put_aside} became dead letters: python -m tools.dead_letters {options.service} list")
    return int(done.put_aside > 0)


async def _rebuild(parts: Operated, options: argparse.Namespace, *, is_trial: bool) -> int:
    done = await rebuild(parts, options.topic, is_trial=is_trial, erases_missing=options.erase_missing)
    print(
        f"{'would rebuild' if is_trial else 'rebuilt'} {options.topic} in {options.service}, which held {done.held}:"
        f" {done.written} written from their newest state, {done.erased} erased by their topic,"
        f" {done.missing} erased because their topic lacks them"
    )
    for failure in done.failures:
        print(failure)
    return int(bool(done.failures))


def _ask() -> None:
    if not sys.stdin.isatty():
        raise OperatorError("nobody can be asked here: --dry-run says what would be done, --yes does it")
    if input("Go on? [yes/no] ").strip().lower() != "yes":
        raise OperatorError("nothing was done")


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
