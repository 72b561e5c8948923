"""The jars of the local Kafka: downloaded by their coordinates, then checked here against the size and the SHA-256 of
`deploy/kafka-jars.lock`, because the downloader leaves a truncated or a tampered file in its cache and says nothing."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .child import ROOT, LauncherError

LOCK_FILE = ROOT / "deploy" / "kafka-jars.lock"
DOWNLOAD_SECONDS_MAX = 60
ATTEMPTS_MAX = 2
PROGRESS_EVERY_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: what to download, and what it must be."""

    sha256: str
    size_bytes: int
    group: str
    artifact: str
    version: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def matches(self, file: Path) -> bool:
        """Whether a file is this jar, byte for byte."""
        if not file.is_file() or file.stat().st_size != self.size_bytes:
            return False
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == self.sha256


def read_lock(lock_file: Path = LOCK_FILE) -> list[Jar]:
    """The jars of a lock file, whose lines read `<sha256> <size in bytes> <group>:<artifact>:<version>`."""
    jars = []
    for line in lock_file.read_text().splitlines():
        sha256, size, coordinates = line.split()
        jars.append(Jar(sha256, int(size), *coordinates.split(":")))
    return jars


def cache_folder() -> Path:
    """Where downloaded jars are kept: KAFKA_JARS_DIR, else beside the state, where `make reset` leaves them."""
    return Path(os.environ.get("KAFKA_JARS_DIR") or ROOT / ".run" / "cache" / "kafka-jars")


def ensure_jars(
    say: Callable[[str], None] = print, lock_file: Path = LOCK_FILE, folder: Path | None = None
) -> list[Path]:
    """The files of the class path, each of them checked now; what is missing or wrong is downloaded.

    KAFKA_JARS_REPOSITORY names another Java repository than the public one.
    Raises LauncherError when a jar cannot be had, or is not the one of the lock twice in a row.
    """
    folder = folder or cache_folder()
    jars = read_lock(lock_file)
    if not all(jar.matches(folder / jar.file_name) for jar in jars):  # a complete cache may be read-only
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _fetch_missing([jar for jar in jars if not jar.matches(folder / jar.file_name)], folder, say)
    return [folder / jar.file_name for jar in jars]


def _fetch_missing(missing: list[Jar], folder: Path, say: Callable[[str], None]) -> None:
    total = sum(jar.size_bytes for jar in missing)
    if missing:
        say(f"Kafka: downloading {len(missing)} jars ({total / 1e6:.0f} MB)")
    done = reported = 0
    for jar in missing:
        _fetch(jar, folder)
        done += jar.size_bytes
        if done - reported >= PROGRESS_EVERY_BYTES and done < total:
            reported = done
            say(f"Kafka: {done / 1e6:.0f} of {total / 1e6:.0f} MB")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two launchers that share a cache download one after the other."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(jar: Jar, folder: Path) -> None:
    """The file takes its final name only once it is checked, so an interrupted download is simply done again."""
    reason = ""
    for _ in range(ATTEMPTS_MAX):
        try:
            file = _download(jar, folder / "downloads")
        except Exception as error:  # the downloader raises whatever its parts raise
            reason = f"the download failed: {error}"
            continue
        if jar.matches(file):
            file.replace(folder / jar.file_name)
            return
        reason = f"what was downloaded ({file.stat().st_size} bytes) is not what the lock file expects"
        file.unlink()
    raise LauncherError(f"{jar.group}:{jar.artifact}:{jar.version}: {reason}; check the network, then run it again")


def _download(jar: Jar, folder: Path) -> Path:
    from jgo.maven import MavenContext  # slow to import, and needed once in the life of a cache

    mirror = os.environ.get("KAFKA_JARS_REPOSITORY")
    context = MavenContext(
        repo_cache=folder,
        local_repos=[],
        remote_repos={"mirror": mirror} if mirror else None,
        timeout=DOWNLOAD_SECONDS_MAX,
    )
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    if (leftover := artifact.cached_path) is not None:
        leftover.unlink(missing_ok=True)  # an interrupted download would count as done
    return Path(artifact.resolve())
