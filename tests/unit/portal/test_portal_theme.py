"""A town's colors are used only if its texts can be read on them, and nothing but colors, lengths and fonts gets in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.stack import TOWNS
from portal.frame.settings import PortalTown
from portal.kit import STATIC, InvalidTheme, asset, check_theme, contrast_ratio, theme_css
from portal.kit.theme import DARK, DEFAULT_THEME, EDGE, roles_by_day, roles_in_the_dark

colors = st.from_regex(r"\A#[0-9a-f]{6}\Z")
CSS = (STATIC / "css" / "portal.css").read_text("utf-8")
STATES = ("booked", "locked", "bookable", "late", "cancelled", "full", "waiting", "pending")
MESSAGES = ("success", "info", "warning", "danger")


def own_roles(scheme: str) -> dict[str, str]:
    """The colours that are the same in every town, with those of the default theme, by day or in the dark."""
    day, night = CSS.partition("@media (prefers-color-scheme: dark)")[::2]
    declared = dict(re.findall(r"--([\w-]+): ([^;]+);", day))
    themed = roles_by_day(DEFAULT_THEME)
    if scheme == "dark":
        declared |= dict(re.findall(r"--([\w-]+): ([^;]+);", night.partition("}")[0]))
        themed = roles_in_the_dark(DEFAULT_THEME)
    whole = {**declared, **{key.replace("_", "-"): value for key, value in themed.items()}}
    return {key: _resolved(value, whole) for key, value in whole.items()}


def _resolved(value: str, whole: dict[str, str]) -> str:
    name = re.fullmatch(r"var\(--([\w-]+)\)", value)
    return whole[name[1]] if name else {"#fff": "#ffffff"}.get(value, value)


def town_themes() -> list[tuple[str, dict[str, str]]]:
    """The theme of each town of the repository."""
    profiles = sorted(TOWNS.glob("*/town.toml"))
    return [(file.parent.name, PortalTown.load(file).section.theme) for file in profiles]


@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_the_one_of_wcag(a: str, b: str, ratio: float) -> None:
    assert contrast_ratio(a, b) == pytest.approx(ratio, abs=0.01)


@given(colors, colors)
def test_contrast_has_no_direction_and_its_bounds(a: str, b: str) -> None:
    assert contrast_ratio(a, b) == contrast_ratio(b, a)
    assert 1 <= contrast_ratio(a, b) <= 21


@given(colors)
def test_a_theme_passes_only_when_its_texts_can_be_read(primary: str) -> None:
    day = roles_by_day({**DEFAULT_THEME, "primary": primary})
    lowest = min(contrast_ratio(primary, day[other]) for other in ("on_primary", "surface", "card", "tint"))
    if (
        lowest >= 4.5
        and contrast_ratio(day["soft"], day["deep"]) >= 4.5
        and contrast_ratio(day["accent"], day["deep"]) >= 3
    ):
        assert check_theme({"primary": primary})["primary"] == primary
    else:
        with pytest.raises(InvalidTheme, match=r"primary|soft|accent"):
            check_theme({"primary": primary})


@pytest.mark.parametrize(("town", "theme"), town_themes())
def test_the_theme_of_each_town_can_be_read_by_day_and_in_the_dark(town: str, theme: dict[str, str]) -> None:
    whole = check_theme(theme)
    for roles in (roles_by_day(whole), roles_in_the_dark(whole)):
        for front, back in (
            ("text", "surface"),
            ("text", "card"),
            ("muted", "card"),
            ("primary", "card"),
            ("primary", "tint"),
        ):
            assert contrast_ratio(roles[front], roles[back]) >= 4.5, (town, front, back)
        for front in ("white", "soft"):
            assert contrast_ratio(roles[front], roles["deep"]) >= 6, (town, front)
        assert contrast_ratio(roles["on_primary"], roles["primary"]) >= 4.5, town
        assert contrast_ratio(roles["accent"], roles["deep"]) >= 3, town
        for ground in ("card", "surface"):
            assert contrast_ratio(roles["edge"], roles[ground]) >= 3, (town, ground)


@given(colors)
def test_a_primary_of_any_hue_is_readable_in_the_dark(primary: str) -> None:
    roles = roles_in_the_dark({**DEFAULT_THEME, "primary": primary})
    assert contrast_ratio(roles["primary"], roles["card"]) >= 9
    assert contrast_ratio(roles["on_primary"], roles["primary"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_states_and_messages_can_be_read_and_told_apart(scheme: str) -> None:
    """Each word on its fill, each edge on the card, each sign on its disc: in every town alike, by day and in the dark."""
    roles = own_roles(scheme)
    for state in STATES:
        assert contrast_ratio(roles[state], roles[f"{state}-ground"]) >= 6, state
        assert contrast_ratio(roles[f"{state}-edge"], roles["card"]) >= 3, state
        if disc := roles.get(f"{state}-disc"):
            assert contrast_ratio(roles["sign"], disc) >= 3, state
    assert contrast_ratio(roles["picked"], roles["picked-ground"]) >= 4.5
    assert contrast_ratio(roles["picked-ground"], roles["card"]) >= 3
    assert contrast_ratio(roles["info"], roles["card"]) >= 4.5  # given back, not saved
    assert contrast_ratio(roles["muted"], roles["sunk"]) >= 4.5  # closed
    assert contrast_ratio(roles["idle"], roles["idle-ground"]) >= 4.5
    for message in MESSAGES:
        assert contrast_ratio(roles[message], roles[f"{message}-ground"]) >= 4.5, message
        assert contrast_ratio(roles["text"], roles[f"{message}-ground"]) >= 4.5, message
        assert contrast_ratio(roles["on-strong"], roles[message]) >= 4.5, message
    assert roles["edge"] == EDGE[scheme]


@pytest.mark.parametrize(
    ("theme", "message"),
    [
        ({"muted": "#999999"}, "muted on surface"),
        ({"state_bookable": "#7a3a00"}, "state_bookable"),
        ({"accent": "#1c4f4a", "on_accent": "#ffffff"}, "accent on deep"),
        ({"card": "#8d9894", "text": "#000000", "muted": "#000000", "primary": "#000000"}, "edge on card"),
        ({"on_accent": "#ffffff"}, "on_accent on accent"),
        ({"primary": "red"}, "primary"),
        ({"radius": "1em; } body { display: none"}, "radius"),
        ({"font": "x; } body { display: none"}, "font"),
        ({"spacing": "1rem"}, "spacing"),
    ],
)
def test_an_unusable_theme_is_refused_and_says_why(theme: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidTheme, match=message):
        theme_css(theme)


def test_the_style_sheet_sets_every_value_of_the_town() -> None:
    css = theme_css({"primary": "#123456", "radius": "4px"})
    assert "--primary: #123456;" in css
    assert "--radius: 4px;" in css
    assert "--on-primary: #ffffff;" in css
    dark = css.partition("prefers-color-scheme: dark")[2]
    assert f"--surface: {DARK['surface']};" in dark
    assert "--primary: #123456;" not in dark


def test_the_portals_own_style_sheet_has_the_same_defaults() -> None:
    own = dict(
        re.findall(r"--([\w-]+): ([^;]+);", CSS.partition("}")[0] + CSS.partition(":root {")[2].partition("}")[0])
    )
    short = {"#ffffff": "#fff", "0.75rem": ".75rem"}
    for key, value in DEFAULT_THEME.items():
        if not key.startswith("font"):
            assert own[key.replace("_", "-")] == short.get(value, value)


def test_the_default_typefaces_come_with_the_portal_and_change_their_address_when_they_change() -> None:
    faces = {
        family: re.findall(r"url\(\"([^\"]+)\"\)", rest)
        for family, rest in re.findall(r"@font-face \{ font-family: '([^']+)';([^}]*)\}", CSS)
    }
    for key in ("font", "font_heading"):
        family = DEFAULT_THEME[key].split(",")[0].strip("'")
        (address,) = faces[family]
        assert address.replace("../", "/static/") == asset(address.removeprefix("../").partition("?")[0])


def test_a_town_may_choose_another_typeface() -> None:
    assert "--font: Lora, 'Figtree', sans-serif;" in theme_css({"font": "Lora, 'Figtree', sans-serif"})
    assert f"--font-heading: {DEFAULT_THEME['font_heading']};" in theme_css({"font": "serif"})


def test_each_typeface_has_its_licence_beside_it() -> None:
    texts = [file.read_text("utf-8") for file in (STATIC / "fonts").glob("OFL-*.txt")]
    assert len(texts) == len(list((STATIC / "fonts").glob("*.woff2"))) == 2
    for text in texts:
        assert "SIL OPEN FONT LICENSE Version 1.1" in text
        assert "with Reserved Font Name" not in text.partition("PREAMBLE")[0]  # else a subset would need another name
