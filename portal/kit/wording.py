"""The texts of the portal: TOML files of French, asked for by key; a key that does not exist is an error, never a blank."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from chassis.french import authority_named, filled
from portal.kit.formats import NO_BREAK_HYPHEN, is_singular

PORTAL: Final = Path(__file__).parents[1]
AUTHORITY: Final = "la mairie"
E_MAIL: Final = re.compile(r"\b([eE])-mail")


class MissingText(KeyError):
    """No text has this key, or the text needs a value that was not given."""


class Texts:
    """The texts of a town: those of the product, replaced key by key by the town's own wording."""

    def __init__(self, entries: Mapping[str, str], authority: str = AUTHORITY) -> None:
        self._authority = authority
        self._entries = {key: self.written(entry) for key, entry in entries.items()}

    def written(self, text: str) -> str:
        """A text with who runs the portal in the place of `{authority}`, at the beginning of a sentence `{Authority}`, and "e-mail" in one word
        that no line breaks."""
        return E_MAIL.sub(rf"\1{NO_BREAK_HYPHEN}mail", authority_named(text, self._authority))

    @classmethod
    def load(
        cls, folder: Path = PORTAL, overrides: Mapping[str, str] | None = None, authority: str = AUTHORITY
    ) -> "Texts":
        """Read the texts of every area below a folder; `overrides` are a town's own texts by full key, such as `sign_in.title`."""
        entries: dict[str, str] = {}
        for path in sorted(folder.rglob("texts.toml")):
            area = flatten(tomllib.loads(path.read_text("utf-8")))
            if twice := sorted(area.keys() & entries.keys()):
                raise MissingText(f"{path} says again what another area says: {', '.join(twice)}")
            entries |= area
        unknown = set(overrides or {}) - set(entries)
        if unknown:
            raise MissingText(f"a town replaces texts that do not exist: {', '.join(sorted(unknown))}")
        return cls({**entries, **(overrides or {})}, authority)

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its values in place. A text with `.one` and `.other` agrees with `count`."""
        entry = self._entries.get(key)
        if entry is None and isinstance(count := values.get("count"), int):
            entry = self._entries.get(f"{key}.one" if is_singular(count) else f"{key}.other")
        if entry is None:
            raise MissingText(key)
        try:
            return filled(entry, values)
        except (KeyError, IndexError) as missing:
            raise MissingText(f"{key} needs {missing}") from missing

    def of_code(self, table: str, code: str) -> str:
        """What a table of texts says of a code; a code that this release does not know has its `unknown`."""
        key = f"{table}.{code}"
        return self(key if key in self else f"{table}.unknown")

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def replaced(self, overrides: Mapping[str, str]) -> "Texts":
        """The same texts with some of them reworded."""
        return Texts({**self._entries, **overrides}, self._authority)


def flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """The texts of nested tables by their full key, such as `sign_in.title`."""
    entries: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            entries |= flatten(value, f"{prefix}{name}.")
        else:
            entries[f"{prefix}{name}"] = str(value)
    return entries
