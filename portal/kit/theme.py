"""A town's theme: about twelve values that become CSS custom properties, refused when a text would be hard to read."""

import re
from collections.abc import Mapping
from typing import Final

CONTRAST_MIN: Final = 4.5
"""WCAG 2.2, criterion 1.4.3: the smallest contrast between a text and its background."""

DEFAULT_THEME: Final[Mapping[str, str]] = {
    "primary": "#1c4f4a",
    "on_primary": "#ffffff",
    "accent": "#f2b544",
    "on_accent": "#2b2111",
    "surface": "#f6f5f0",
    "card": "#ffffff",
    "text": "#1f2826",
    "muted": "#56625f",
    "line": "#d9d8cf",
    "radius": "0.75rem",
    "font": "'Figtree', 'Figtree stand-in', sans-serif",
    "font_heading": "'Bricolage Grotesque', 'Bricolage stand-in', sans-serif",
}

STATE_COLORS: Final[Mapping[str, str]] = {
    "booked": "#1d6b43",
    "picked": "#1a56b0",
    "bookable": "#ad4b00",
    "late": "#8f3b1b",
    "cancelled": "#56625f",
    "full": "#6b5f58",
    "waiting": "#6a3d94",
    "pending": "#7a5200",
}
"""The colours of the calendar's states, which a town may change as `state_<name>`."""

_PAIRS: Final = (
    ("on_primary", "primary"),
    ("on_accent", "accent"),
    ("text", "surface"),
    ("text", "card"),
    ("muted", "surface"),
    ("muted", "card"),
    ("primary", "surface"),
    ("primary", "card"),
)
_COLOR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_LENGTH: Final = re.compile(r"\d{1,2}(\.\d{1,3})?(px|rem)")
_FONT: Final = re.compile(r"[\w ,'-]{1,200}")
_NOT_CSS: Final = frozenset({"logo"})


class InvalidTheme(ValueError):
    """The theme of a town cannot be used; the text says which value and why."""


def contrast_ratio(a: str, b: str) -> float:
    """The WCAG contrast between two `#rrggbb` colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def check_theme(theme: Mapping[str, str]) -> dict[str, str]:
    """The whole theme, defaults included. Raises InvalidTheme for an unknown key, a malformed value or a poor contrast."""
    states = {f"state_{name}": color for name, color in STATE_COLORS.items()}
    whole = {**DEFAULT_THEME, **states, **{key: value for key, value in theme.items() if key not in _NOT_CSS}}
    for key, value in whole.items():
        _check_value(key, value, is_known=key in DEFAULT_THEME or key in states)
    state_pairs = [(key, "card") for key in states]
    for front, back in (*_PAIRS, *state_pairs):
        ratio = contrast_ratio(whole[front], whole[back])
        if ratio < CONTRAST_MIN:
            raise InvalidTheme(f"theme: {front} on {back} has a contrast of {ratio:.2f}, under {CONTRAST_MIN}")
    return whole


def theme_css(theme: Mapping[str, str]) -> str:
    """The style sheet that gives a town its colours and type: one `:root` rule of custom properties."""
    lines = [f"  --{key.replace('_', '-')}: {value};" for key, value in check_theme(theme).items()]
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def _check_value(key: str, value: str, *, is_known: bool) -> None:
    if not is_known:
        raise InvalidTheme(f"theme: {key} is not a value that a town can set")
    pattern = _LENGTH if key == "radius" else _FONT if key.startswith("font") else _COLOR
    if not pattern.fullmatch(value):
        raise InvalidTheme(f"theme: {key} has an unusable value {value!r}")


def _luminance(color: str) -> float:
    if not _COLOR.fullmatch(color):
        raise InvalidTheme(f"{color!r} is not a #rrggbb color")
    red, green, blue = (_linear(int(color[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
