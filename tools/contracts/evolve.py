"""Keeps the published contracts true to the classes: `python -m tools.contracts.evolve` writes, `--check` only compares.

A schema file is written once and never changes; a class that no longer fits its file needs a new minor version, or a
new class beside it. (Only a file that no release carried may be deleted and written again.) Golden examples are written
by hand and must be readable for ever. The AsyncAPI document, the OpenAPI documents and the catalogue follow the code and
are simply written again.
"""

import argparse
import json
import sys
from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from contracts.event import Event
from contracts.registry import EVENTS
from contracts.types import SERVICES
from tools.contracts.asyncapi_document import asyncapi_document
from tools.contracts.catalogue import catalogue
from tools.contracts.compatibility import breaking_changes, is_same
from tools.contracts.event_schema import SCHEMAS_FOLDER, event_schema, example_files, schema_file
from tools.contracts.openapi_documents import openapi_documents
from tools.contracts.reference import permissions_page, reference_page, row_faults, step_up_page, with_roles

FOLDER = Path(__file__).parents[2] / "contracts"
REPOSITORY = FOLDER.parent
AUTHORIZATION = REPOSITORY / "docs" / "security" / "authorization.md"
PERMISSIONS_PAGE = AUTHORIZATION.with_name("permissions.md")
STEP_UP_PAGE = AUTHORIZATION.with_name("step-up.md")


def main(arguments: list[str]) -> int:
    """Write or compare; the exit status, 1 when a fault was printed."""
    parser = argparse.ArgumentParser(prog="python -m tools.contracts.evolve", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is not up to date")
    is_check = parser.parse_args(arguments).check
    if not is_check:
        write_new_schemas(EVENTS.values())
    faults = [*schema_faults(EVENTS.values()), *example_faults(EVENTS.values())]
    if not faults:
        faults = [fault for path, text in documents().items() for fault in _document_fault(path, text, is_check)]
        faults += row_faults(AUTHORIZATION.read_text())
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def documents() -> dict[Path, str]:
    """The files that follow the code, with the text that each should have."""
    return {
        FOLDER / "asyncapi.yaml": asyncapi_document(),
        FOLDER / "README.md": catalogue(),
        **{FOLDER / "openapi" / f"{name}.json": json_text(document) for name, document in openapi_documents().items()},
        **{REPOSITORY / "docs" / "reference" / f"{name}.md": reference_page(name) for name in SERVICES},
        PERMISSIONS_PAGE: permissions_page(),
        STEP_UP_PAGE: step_up_page(),
        AUTHORIZATION: with_roles(AUTHORIZATION.read_text()),
    }


def write_new_schemas(events: Collection[type[Event]], folder: Path = SCHEMAS_FOLDER) -> None:
    """Publish the versions that have no file yet."""
    for event in events:
        path = schema_file(event, folder)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json_text(event_schema(event)))


def schema_faults(events: Collection[type[Event]], folder: Path = SCHEMAS_FOLDER) -> list[str]:
    """What is wrong between the classes and their published schemas, and between one minor version and the next."""
    current = {schema_file(event, folder): event for event in events}
    published = sorted(folder.glob("*/*.json"), key=lambda path: (path.parent, _version(path)))
    faults = [f"{_shown(path)}: missing; run python -m tools.contracts.evolve" for path in current if not path.exists()]
    for path in published:
        if event := current.get(path):
            faults += _class_faults(event, path)
        elif not any(_is_later(other, path) for other in current):
            faults.append(f"{_shown(path)}: no class declares this event any more, yet it was published")
    for older, newer in pairwise(published):
        if older.parent == newer.parent and _version(older)[0] == _version(newer)[0]:
            changes = breaking_changes(_read(older), _read(newer))
            faults += [f"{_shown(newer)}: breaks readers of {older.stem}: {change}" for change in changes]
    return faults


def example_faults(events: Collection[type[Event]], folder: Path = SCHEMAS_FOLDER) -> list[str]:
    """Golden examples that the current class cannot read, and events whose current version has none."""
    faults = []
    for event in events:
        files = example_files(event, folder)
        if not any(path.name.startswith(f"{event.schema_version}.") for path in files):
            place = schema_file(event, folder).parent / "examples" / f"{event.schema_version}.json"
            faults.append(f"{_shown(place)}: missing; write a golden example by hand")
        for path in files:
            try:
                event.parse(path.read_bytes())
            except ValidationError as error:
                places = ", ".join("/" + "/".join(map(str, item["loc"])) for item in error.errors())
                faults.append(f"{_shown(path)}: {event.__name__} can no longer read it: {places}")
    return faults


def json_text(document: Any) -> str:
    """The one way in which contracts write JSON, so that files compare byte by byte."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _class_faults(event: type[Event], path: Path) -> Iterator[str]:
    old, new = _read(path), event_schema(event)
    if is_same(old, new) and old["$id"] == new["$id"]:
        return
    if changes := breaking_changes(old, new):
        advice = "publish a new class with the next major version beside it"
    else:
        changes, advice = ["fields were added"], "raise schema_version"
    yield f"{_shown(path)}: {event.__name__} no longer fits it ({'; '.join(changes)}); {advice}"


def _document_fault(path: Path, text: str, is_check: bool) -> Iterator[str]:
    if path.exists() and path.read_text() == text:
        return
    if is_check:
        yield f"{_shown(path)}: not up to date; run python -m tools.contracts.evolve"
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _version(path: Path) -> tuple[int, int]:
    major, _, minor = path.stem.partition(".")
    return int(major), int(minor)


def _is_later(path: Path, published: Path) -> bool:
    return (
        path.parent == published.parent
        and _version(path)[0] == _version(published)[0]
        and _version(path) > _version(published)
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def _shown(path: Path) -> str:
    return str(path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
