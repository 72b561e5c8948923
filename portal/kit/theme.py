"""A town's theme: twelve values that become CSS custom properties, by day and in the dark, refused when something would be hard to read."""

import colorsys
import re
from collections.abc import Mapping
from typing import Final

TEXT_CONTRAST_MIN: Final = 4.5
MARK_CONTRAST_MIN: Final = 3.0
"""WCAG 2.2, criteria 1.4.3 and 1.4.11: the smallest contrast of a text with its ground, and of what is no text but says something."""

DEFAULT_THEME: Final[Mapping[str, str]] = {
    "primary": "#1c4f4a",
    "on_primary": "#ffffff",
    "accent": "#f2b544",
    "on_accent": "#2b2111",
    "surface": "#f6f5f0",
    "card": "#ffffff",
    "text": "#1f2826",
    "muted": "#55615e",
    "line": "#e0ded4",
    "radius": "0.75rem",
    "font": "'Figtree', 'Figtree stand-in', sans-serif",
    "font_heading": "'Bricolage Grotesque', 'Bricolage stand-in', sans-serif",
}
"""Everything else of a page is derived from these or is the same in every town: states of days, children, messages (`static/css/portal.css`)."""

DARK: Final[Mapping[str, str]] = {
    "on_primary": "#0c2623",
    "surface": "#121a18",
    "card": "#1a2422",
    "text": "#e9eeec",
    "muted": "#a9b6b2",
    "line": "#2e3a37",
}
"""What is dark in every town where the reader's system asks for it; `primary` and the ground of the header are the town's own, made lighter and
darker."""

WHITE: Final = "#ffffff"
EDGE: Final = {"light": "#7d8884", "dark": "#82918c"}
"""The border of a control, the same in every town (`--edge`)."""
SOFT_SHARE: Final = 0.8
DEEP_SHARE: Final = {"light": 0.88, "dark": 0.54}
TINT_SHARE: Final = 0.08
"""How much of a colour is in what is mixed from it: the soft text of the header (white), the ground of the header and the tint (primary)."""
DARK_PRIMARY_CONTRAST: Final = 9.0
DARK_SATURATION_MAX: Final = 0.45

_TEXT_PAIRS: Final = (
    ("on_primary", "primary"),
    ("on_accent", "accent"),
    ("text", "surface"),
    ("text", "card"),
    ("text", "tint"),
    ("muted", "surface"),
    ("muted", "card"),
    ("muted", "tint"),
    ("primary", "surface"),
    ("primary", "card"),
    ("primary", "tint"),
    ("white", "deep"),
    ("soft", "deep"),
)
_MARK_PAIRS: Final = (("accent", "deep"), ("edge", "card"), ("edge", "surface"))
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
    whole = {**DEFAULT_THEME, **{key: value for key, value in theme.items() if key not in _NOT_CSS}}
    for key, value in whole.items():
        _check_value(key, value)
    for scheme, roles in (("by day", roles_by_day(whole)), ("in the dark", roles_in_the_dark(whole))):
        for pairs, lowest in ((_TEXT_PAIRS, TEXT_CONTRAST_MIN), (_MARK_PAIRS, MARK_CONTRAST_MIN)):
            for front, back in pairs:
                ratio = contrast_ratio(roles[front], roles[back])
                if ratio < lowest:
                    raise InvalidTheme(
                        f"theme: {front} on {back} has a contrast of {ratio:.2f} {scheme}, under {lowest}"
                    )
    return whole


def roles_by_day(whole: Mapping[str, str]) -> dict[str, str]:
    """The colours of a whole theme on a light ground, with those that are mixed from them."""
    deep = mix(whole["primary"], "#000000", DEEP_SHARE["light"])
    return _with_mixed(whole, deep, EDGE["light"])


def roles_in_the_dark(whole: Mapping[str, str]) -> dict[str, str]:
    """The colours of a whole theme on a dark ground: the primary keeps its hue and becomes light enough to be read."""
    deep = mix(whole["primary"], "#000000", DEEP_SHARE["dark"])
    return _with_mixed({**whole, **DARK, "primary": _lightened(whole["primary"])}, deep, EDGE["dark"])


def theme_css(theme: Mapping[str, str]) -> str:
    """The style sheet that gives a town its colours and type: one rule of custom properties by day, and what differs in the dark."""
    whole = check_theme(theme)
    dark = roles_in_the_dark(whole)
    by_day = {**whole, "deep": roles_by_day(whole)["deep"]}
    at_night = {key: dark[key] for key in (*DARK, "primary", "deep")}
    return f"{_rule(by_day)}\n@media (prefers-color-scheme: dark) {{\n{_rule(at_night)}}}\n"


def header_colors(theme: Mapping[str, str]) -> dict[str, str]:
    """The ground of the header by the browser's scheme: what a phone paints its own bar with."""
    whole = check_theme(theme)
    return {"light": roles_by_day(whole)["deep"], "dark": roles_in_the_dark(whole)["deep"]}


def mix(color: str, other: str, share: float) -> str:
    """`color-mix(in srgb, color share, other)`."""
    channels = zip(_channels(color), _channels(other), strict=True)
    return _hex(tuple(a * share + b * (1 - share) for a, b in channels))


def _with_mixed(roles: Mapping[str, str], deep: str, edge: str) -> dict[str, str]:
    soft = mix(WHITE, deep, SOFT_SHARE)
    tint = mix(roles["primary"], roles["card"], TINT_SHARE)
    return {**roles, "white": WHITE, "deep": deep, "soft": soft, "tint": tint, "edge": edge}


def _lightened(color: str) -> str:
    """The colour of the same hue that can be read on a dark card."""
    hue, _, saturation = colorsys.rgb_to_hls(*_channels(color))
    saturation = min(saturation, DARK_SATURATION_MAX)
    shades = (_hex(colorsys.hls_to_rgb(hue, percent / 100, saturation)) for percent in range(50, 101))
    return next(shade for shade in shades if contrast_ratio(shade, DARK["card"]) >= DARK_PRIMARY_CONTRAST)


def _rule(values: Mapping[str, str]) -> str:
    lines = [f"  --{key.replace('_', '-')}: {value};" for key, value in values.items()]
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def _check_value(key: str, value: str) -> None:
    if key not in DEFAULT_THEME:
        raise InvalidTheme(f"theme: {key} is not a value that a town can set")
    pattern = _LENGTH if key == "radius" else _FONT if key.startswith("font") else _COLOR
    if not pattern.fullmatch(value):
        raise InvalidTheme(f"theme: {key} has an unusable value {value!r}")


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[float, float, float]:
    if not _COLOR.fullmatch(color):
        raise InvalidTheme(f"{color!r} is not a #rrggbb color")
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
