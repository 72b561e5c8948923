"""A town's colors are used only if its texts can be read on them, and nothing but colors, lengths and fonts gets in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit import STATIC, InvalidTheme, asset, check_theme, contrast_ratio, theme_css
from portal.kit.theme import DEFAULT_THEME, STATE_COLORS

colors = st.from_regex(r"\A#[0-9a-f]{6}\Z")


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
    lowest = min(contrast_ratio(primary, DEFAULT_THEME[other]) for other in ("on_primary", "surface", "card"))
    if lowest >= 4.5:
        assert check_theme({"primary": primary})["primary"] == primary
    else:
        with pytest.raises(InvalidTheme, match="primary"):
            check_theme({"primary": primary})


@pytest.mark.parametrize(
    ("theme", "message"),
    [
        ({"muted": "#999999"}, "muted on surface"),
        ({"state_bookable": "#f2b544"}, "state_bookable on card"),
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


def test_the_portals_own_style_sheet_has_the_same_defaults() -> None:
    css = (STATIC / "css" / "portal.css").read_text("utf-8")
    own = dict(re.findall(r"--([\w-]+): ([^;]+);", css))
    wanted = {**DEFAULT_THEME, **{f"state_{name}": color for name, color in STATE_COLORS.items()}}
    short = {"#ffffff": "#fff", "0.75rem": ".75rem"}
    for key, value in wanted.items():
        if not key.startswith("font"):
            assert own[key.replace("_", "-") if not key.startswith("state") else f"state-{key[6:]}"] == short.get(
                value, value
            )


def test_the_default_typefaces_come_with_the_portal_and_change_their_address_when_they_change() -> None:
    css = (STATIC / "css" / "portal.css").read_text("utf-8")
    faces = {
        family: re.findall(r"url\(\"([^\"]+)\"\)", rest)
        for family, rest in re.findall(r"@font-face \{ font-family: '([^']+)';([^}]*)\}", css)
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
