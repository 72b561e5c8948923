"""What a refusal says in French: the rule, who decides, what can be done; one file of texts for each service.

Parameters are facts with names that say what they are (`_on` a date, `_at` or `until` an instant, `_cents` an amount,
`_seconds` a wait); they are
put into words here, so that texts only place them.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.french import filled
from portal.kit import formats
from portal.kit.wording import Texts, flatten

FOLDER: Final = Path(__file__).parent / "refusals"
UNREADABLE_FIELD: Final = frozenset({"invalid", "missing"})


class RefusalTexts:
    """The French texts of every refusal code, and of every field that cannot be read."""

    def __init__(self, texts: Texts, zone: ZoneInfo, folder: Path = FOLDER) -> None:
        self._texts = texts
        self._zone = zone
        self._refusals: dict[str, str] = {}
        for path in sorted(folder.glob("*.toml")):
            sentences = flatten(tomllib.loads(path.read_text("utf-8")))
            self._refusals |= {code: texts.written(sentence) for code, sentence in sentences.items()}

    def refusal(self, code: str, params: Mapping[str, Any]) -> str:
        """The sentence of a refusal code; a code without one gets the general sentence, never a blank."""
        text = self._refusals.get(code) or self._agreeing(code, params)
        if text is None:
            return self._texts("errors.refused")
        return filled(text, _Words({name: self._in_words(name, value) for name, value in params.items()}))

    def field(self, pointer: str, code: str, params: Mapping[str, Any], group: str = "") -> str:
        """What is wrong with a field and what would be right; `pointer` is its JSON Pointer in the request.

        A form says it in its own group of texts (`<group>.<field>_error`), or else as all forms do (`fields.<field>`).
        """
        if code not in UNREADABLE_FIELD:
            return self.refusal(code, params)
        names = [part for part in pointer.split("/") if part and not part.isdigit()]
        keys = [f"{group}.{names[-1]}_error", f"fields.{names[-1]}"] if names else []
        return self._texts(next((key for key in keys if key in self._texts), "errors.field"))

    def _agreeing(self, code: str, params: Mapping[str, Any]) -> str | None:
        """The form of a sentence that agrees with a fact: `count`, or the one that its `by` names."""
        count = params.get(self._refusals.get(f"{code}.by", "count"), 0)
        is_one = isinstance(count, int) and formats.is_singular(count)
        return self._refusals.get(f"{code}.one" if is_one else f"{code}.other")

    def _in_words(self, name: str, value: Any) -> str:
        try:
            if name.endswith("_cents"):
                return formats.money(int(value))
            if name.endswith("_seconds"):
                return formats.wait_words(int(value))
            if name.endswith("_basis_points"):
                return formats.percent(int(value))
            if name.endswith("_on"):
                return formats.date_words(date.fromisoformat(value), zone=self._zone)
            if name.endswith("_at") or name == "until":
                moment = datetime.fromisoformat(value)
                return self._texts(
                    "errors.moment",
                    day=formats.date_words(moment, zone=self._zone),
                    time=formats.time_words(moment, zone=self._zone),
                )
        except (TypeError, ValueError):
            return str(value)
        return str(value)


class _Words(dict[str, str]):
    """Facts of a refusal; one that an older service did not send is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return "…"
