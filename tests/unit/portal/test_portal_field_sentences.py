"""A field that was left out or mistyped says what would be right: "Cette valeur ne convient pas." helps nobody."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Final

import pytest

import portal
from portal.kit import Form, Texts

TEXTS: Final = Texts.load()
TICKED: Final = ("is_", "has_")
"""How boxes are named: ticked or not, neither is wrong."""
CHOSEN: Final = {"authorizations"}
"""Forms whose choices stand with one chosen."""


def forms() -> Iterator[Form]:
    """The forms of all pages, as their modules name them."""
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        for value in vars(importlib.import_module(module.name)).values():
            yield from (
                item for item in (value.values() if isinstance(value, dict) else [value]) if isinstance(item, Form)
            )


def fields() -> list[tuple[str, str]]:
    """The fields that somebody fills in, with the texts of their form: those that have a label, and that the request knows; files have sentences of their own."""
    return sorted(
        {
            (form.texts, name.rpartition(".")[2])
            for form in forms()
            for name in form.fields
            if form.label(name) in TEXTS and name.partition(".")[0] in form.model.model_fields
        }
    )


@pytest.mark.parametrize(("group", "name"), fields(), ids="-".join)
def test_what_would_be_right_is_said_of_each_field(group: str, name: str) -> None:
    if not name.startswith(TICKED) and (group not in CHOSEN or f"{group}.{name}_hint" in TEXTS):
        assert f"{group}.{name}_error" in TEXTS or f"fields.{name}" in TEXTS


def test_many_fields_are_looked_at() -> None:
    assert len(fields()) > 100
    assert ("entourage.form", "relation") in fields()
