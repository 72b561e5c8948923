"""What a backup's folder holds: its files with their checksums, the migrations that each database had, and how far each
consumer group was. The folder takes its name only when it is whole."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ..operating import OperatorError

FORMAT = 1
NAME = "manifest.json"
CHUNK_BYTES = 1_048_576

Offsets = dict[str, dict[str, int]]
"""Committed offsets: by consumer group, then by partition number."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`migrations` maps a service to the names and checksums that its database had, `counts` a topic to its records."""

    created_at: str
    migrations: Mapping[str, Mapping[str, str]]
    offsets: Offsets
    counts: Mapping[str, int]
    format: int = FORMAT
    files: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write a backup in, readable by us alone: it holds what the databases hold.

    Raises OperatorError when something of that name is there.
    """
    if folder.exists():
        raise OperatorError(f"{folder} is there already: name a new folder")
    unfinished = folder.with_name(folder.name + ".unfinished")
    if unfinished.exists():
        raise OperatorError(f"{unfinished} is what an interrupted backup left: remove it")
    os.umask(0o077)
    unfinished.mkdir(parents=True)
    yield unfinished
    unfinished.rename(folder)


def now() -> str:
    """This instant, as manifests write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of everything that is in the folder."""
    files = {path.relative_to(folder).as_posix(): _checksum(path) for path in sorted(folder.rglob("*.*"))}
    content = asdict(manifest) | {"files": files}
    (folder / NAME).write_text(json.dumps(content, indent=1))


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all there and unchanged.

    Raises OperatorError otherwise.
    """
    try:
        manifest = Manifest(**json.loads((folder / NAME).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise OperatorError(f"{folder} is no backup ({type(error).__name__})") from None
    if manifest.format != FORMAT:
        raise OperatorError(f"{folder} has format {manifest.format}, this release reads {FORMAT}")
    for name, checksum in manifest.files.items():
        if not (folder / name).is_file() or _checksum(folder / name) != checksum:
            raise OperatorError(f"{folder / name} is missing or was changed")
    return manifest


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
