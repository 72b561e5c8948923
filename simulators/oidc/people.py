"""Whoever can be chosen on a provider's page."""

import tomllib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict


class Person(BaseModel, ABC):
    """Somebody whom a provider knows. Whoever `has_left` is let in nowhere any more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    family_name: str
    email: str
    has_left: bool = False

    @abstractmethod
    def subject(self, client_id: str) -> str:
        """The name by which a client knows them for ever."""

    @abstractmethod
    def claims(self, scopes: frozenset[str]) -> dict[str, Any]:
        """What these scopes say of the person."""

    @abstractmethod
    def assurance(self) -> dict[str, Any]:
        """How surely they are known to be who they say."""


P = TypeVar("P", bound=Person)


def load_people(file: Path, kind: type[P]) -> dict[str, P]:
    """Those of a file, by name."""
    listed = tomllib.loads(file.read_text("utf-8"))["person"]
    return {entry["name"]: kind.model_validate(entry) for entry in listed}
