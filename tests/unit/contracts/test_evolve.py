"""The guard of published contracts, on a folder of its own: what it writes, and each fault that it must find."""

import json
from pathlib import Path
from typing import ClassVar

import pytest

from contracts.event import Event
from tools.contracts import evolve
from tools.contracts.evolve import AUTHORIZATION, example_faults, schema_faults, write_new_schemas
from tools.contracts.reference import row_faults, with_roles


class DoorOpened(Event):
    """A door was opened."""

    event_type: ClassVar[str] = "booking.door_opened.v1"
    topic: ClassVar[str] = "booking.doors"
    key_field: ClassVar[str] = "door"

    door: str


class DoorOpenedWidely(DoorOpened):
    """The next minor version: one optional field more."""

    schema_version: ClassVar[str] = "1.1"

    width: int = 0


class DoorOpenedTwice(DoorOpened):
    """A required field more, under the next minor version: not allowed."""

    schema_version: ClassVar[str] = "1.1"

    count: int


class DoorOpenedAgain(DoorOpened):
    """A required field more, without a new version."""

    count: int


class DoorOpenedSoftly(DoorOpened):
    """An optional field more, without a new version."""

    width: int = 0


class DoorShut(DoorOpened):
    """The same event under another docstring."""


def publish(folder: Path, *events: type[Event]) -> None:
    """Publish each class in turn, with a golden example of its version."""
    for event in events:
        write_new_schemas([event], folder)
        example = folder / "booking.door_opened" / "examples" / f"{event.schema_version}.json"
        example.parent.mkdir(exist_ok=True)
        example.write_text(json.dumps({"door": "north"}))


def test_published_class_has_no_fault(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened)
    assert schema_faults([DoorOpened], tmp_path) == []
    assert example_faults([DoorOpened], tmp_path) == []
    document = json.loads((tmp_path / "booking.door_opened" / "1.0.json").read_text())
    assert document["$id"] == "urn:portail-famille:booking.door_opened.v1:1.0"


def test_next_minor_version_with_an_optional_field_has_no_fault(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened, DoorOpenedWidely)
    assert schema_faults([DoorOpenedWidely], tmp_path) == []
    assert example_faults([DoorOpenedWidely], tmp_path) == []


def test_other_words_leave_the_published_file_alone(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened)
    assert schema_faults([DoorShut], tmp_path) == []


@pytest.mark.parametrize(
    ("event", "advice"),
    [
        (DoorOpenedAgain, "/count: added as required); publish a new class with the next major version beside it"),
        (DoorOpenedSoftly, "fields were added); raise schema_version"),
    ],
)
def test_changed_class_needs_a_new_version(tmp_path: Path, event: type[Event], advice: str) -> None:
    publish(tmp_path, DoorOpened)
    (fault,) = schema_faults([event], tmp_path)
    assert "1.0.json" in fault
    assert fault.endswith(advice)


def test_published_file_is_never_written_again(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened)
    before = (tmp_path / "booking.door_opened" / "1.0.json").read_text()
    write_new_schemas([DoorOpenedAgain], tmp_path)
    assert (tmp_path / "booking.door_opened" / "1.0.json").read_text() == before


def test_minor_version_that_breaks_readers_is_found(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened, DoorOpenedTwice)
    faults = schema_faults([DoorOpenedTwice], tmp_path)
    assert [fault.rpartition("booking.door_opened/")[2] for fault in faults] == [
        "1.1.json: breaks readers of 1.0: /count: added as required"
    ]


def test_minor_versions_are_compared_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened)
    first = tmp_path / "booking.door_opened" / "1.0.json"
    for minor in (2, 10):
        first.with_name(f"1.{minor}.json").write_text(first.read_text())
    grown = json.loads(first.read_text())
    grown["properties"]["width"] = {"type": "integer"}
    first.with_name("1.10.json").write_text(json.dumps(grown))
    assert not any("breaks readers" in fault for fault in schema_faults([DoorOpened], tmp_path))


def test_missing_file_and_forgotten_event_are_found(tmp_path: Path) -> None:
    assert "missing" in schema_faults([DoorOpened], tmp_path)[0]
    publish(tmp_path, DoorOpened)
    assert "no class declares" in schema_faults([], tmp_path)[0]


def test_golden_example_that_the_class_cannot_read_is_found(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened)
    (fault,) = example_faults([DoorOpenedAgain], tmp_path)
    assert fault.endswith("DoorOpenedAgain can no longer read it: /count")


def test_version_without_a_golden_example_is_found(tmp_path: Path) -> None:
    publish(tmp_path, DoorOpened)
    write_new_schemas([DoorOpenedWidely], tmp_path)
    (fault,) = example_faults([DoorOpenedWidely], tmp_path)
    assert "1.1.json: missing" in fault


def test_check_writes_nothing_and_says_what_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "README.md"
    stale.write_text("old")
    monkeypatch.setattr(evolve, "documents", lambda: {stale: "new"})
    assert evolve.main(["--check"]) == 1
    assert capsys.readouterr().err.strip().endswith("README.md: not up to date; run python -m tools.contracts.evolve")
    assert stale.read_text() == "old"
    assert evolve.main([]) == 0
    assert evolve.main(["--check"]) == 0
    assert stale.read_text() == "new"


def test_an_operation_without_a_row_and_a_row_without_an_operation_are_named() -> None:
    text = AUTHORIZATION.read_text()
    assert row_faults(text) == []
    renamed = text.replace("| `read_invoice` |", "| `burn_invoice` |")
    assert with_roles(renamed) == renamed
    place = "docs/security/authorization.md"
    assert row_faults(renamed) == [
        f"{place}: read_invoice of billing has no row",
        f"{place}: billing has no burn_invoice",
    ]
