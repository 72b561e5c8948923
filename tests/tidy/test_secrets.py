"""No secret is in the repository: no private key, no token, no password in an address, nothing long behind a secret's name. Those that a process
reads are all on the page about security."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.tree import Fault, all_files, check, files, text_of

PATTERNS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "the private part of a JWK": re.compile(r"""["']d["']\s*:\s*["'][A-Za-z0-9_-]{20,}["']"""),
    "a signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    "a password in an address": re.compile(r"://[^\s/:@{}$<>\"']+:[^\s/:@{}$<>\"']{3,}@"),
    "a long value of a secret": re.compile(
        r"(?i)(?:secret|password|passwd|token|api_?key|private_?key)\w*[\"']?\s*[:=]\s*[\"']"
        r"(?=[^\"']*\d)[A-Za-z0-9+/_=-]{24,}[\"']"
    ),
}
PLANTED = {
    "a private key": "-----BEGIN " + "PRIVATE KEY-----",
    "the private part of a JWK": '{"kty": "OKP", "d' + '": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}',
    "a signed token": "Bearer eyJhbGciOiJFZERTQSJ9" + ".eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV",
    "a password in an address": "postgresql://booking:" + "hunter22@db/booking",
    "a long value of a secret": 'PORTAL_SECRET = "8f14e45fceea167a' + '5a36dedd4bea2543"',
}
INVENTED = {
    Path("tests/component/deploy/test_postgres_server.py"): "roles of a server that ends with its test",
    Path("tests/component/deploy/test_processes.py"): "an address that must not be printed, and nobody's",
    Path("tests/component/notifications/news.py"): "a token that no service issued",
}


def secrets(_path: Path, source: str) -> Iterator[Fault]:
    """What looks like a secret, by its line."""
    for name, pattern in PATTERNS.items():
        for match in pattern.finditer(source):
            yield f":{source.count(chr(10), 0, match.start()) + 1}: {name}"


def test_no_secret_is_in_the_repository() -> None:
    check(secrets, [path for path in all_files() if path.suffix != ".lock" and path not in INVENTED])


def test_exceptions_are_still_needed() -> None:
    assert [path for path in INVENTED if not list(secrets(path, text_of(path)))] == []


@pytest.mark.parametrize("name", PATTERNS)
def test_a_planted_secret_is_seen(name: str) -> None:
    assert list(secrets(Path("settings.py"), f"before\n{PLANTED[name]}\n")) == [f":2: {name}"]


READ = re.compile(r"""\.secret\(["'](\w+)["']\)""")
ROW = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \|", re.MULTILINE)


def test_every_secret_that_a_process_reads_is_on_the_page_and_no_other() -> None:
    asked = {name for path in files("services", "gateway", "chassis") for name in READ.findall(text_of(path))}
    listed = {name for row in ROW.findall(text_of(Path("SECURITY.md"))) for name in re.findall(r"`(\w+)`", row)}
    assert listed - {"DATABASE_URL"} == asked
