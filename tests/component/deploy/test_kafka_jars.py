"""The jars of the local Kafka, from a Java repository on this machine that can lie: only what the lock names is used."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local.child import LauncherError
from deploy.local.jars import ensure_jars, read_lock

CONTENT = b"the broker's own code"
COORDINATES = "org.example:broker:1.2"
PLACE = "org/example/broker/1.2/broker-1.2.jar"


class Repository:
    """A Java repository with one jar, whose content the test may replace."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.requests: Counter[str] = Counter()
        self.jar = folder / PLACE
        self.jar.parent.mkdir(parents=True)
        self.jar.write_bytes(CONTENT)
        self.next_contents: list[bytes] = []


class Handler(SimpleHTTPRequestHandler):
    repository: Repository

    def do_GET(self) -> None:
        self.repository.requests[self.path.lstrip("/")] += 1
        if self.path.endswith(".jar") and self.repository.next_contents:
            self.repository.jar.write_bytes(self.repository.next_contents.pop(0))
        super().do_GET()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    folder = tmp_path / "repository"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    made = Handler.repository = Repository(folder, server.server_port)
    monkeypatch.setenv("KAFKA_JARS_REPOSITORY", made.url)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def lock_file(tmp_path: Path) -> Path:
    lock = tmp_path / "jars.lock"
    lock.write_text(f"{hashlib.sha256(CONTENT).hexdigest()} {len(CONTENT)} {COORDINATES}\n")
    return lock


def test_a_jar_is_downloaded_once_and_kept(repository: Repository, lock_file: Path, tmp_path: Path) -> None:
    messages: list[str] = []
    for _ in range(2):
        (jar,) = ensure_jars(messages.append, lock_file, tmp_path / "cache")
        assert jar.read_bytes() == CONTENT
    assert repository.requests[PLACE] == 1
    assert messages == ["Kafka: downloading 1 jars (0 MB)"]


@pytest.mark.parametrize("tampered", [b"the broker's own c0de", b"short", CONTENT + b"more"])
def test_a_tampered_jar_is_refused_after_two_tries_and_never_kept(
    repository: Repository, lock_file: Path, tmp_path: Path, tampered: bytes
) -> None:
    repository.jar.write_bytes(tampered)
    with pytest.raises(LauncherError, match=r"org\.example:broker:1\.2: .* is not what the lock file expects"):
        ensure_jars(print, lock_file, tmp_path / "cache")
    assert repository.requests[PLACE] == 2
    assert list((tmp_path / "cache").rglob("*.jar")) == []


def test_a_download_that_broke_once_is_done_again(repository: Repository, lock_file: Path, tmp_path: Path) -> None:
    repository.next_contents = [CONTENT[:5], CONTENT]
    (jar,) = ensure_jars(print, lock_file, tmp_path / "cache")
    assert jar.read_bytes() == CONTENT


def test_a_kept_jar_that_changed_on_disk_is_replaced(repository: Repository, lock_file: Path, tmp_path: Path) -> None:
    (jar,) = ensure_jars(print, lock_file, tmp_path / "cache")
    jar.write_bytes(b"x" * len(CONTENT))
    assert ensure_jars(print, lock_file, tmp_path / "cache") == [jar]
    assert jar.read_bytes() == CONTENT


def test_a_repository_without_the_jar_is_said_in_one_line(
    repository: Repository, lock_file: Path, tmp_path: Path
) -> None:
    repository.jar.unlink()
    with pytest.raises(LauncherError, match=r"org\.example:broker:1\.2: the download failed.*check the network"):
        ensure_jars(print, lock_file, tmp_path / "cache")


def test_the_lock_names_every_jar_of_the_class_path_once() -> None:
    jars = read_lock()
    assert len({jar.file_name for jar in jars}) == len(jars) == 46
    assert {jar.version for jar in jars if jar.group == "org.apache.kafka"} == {"4.3.1"}
