"""The design kit: formats, texts, themes, forms, the values that layouts are given, and the template environment."""

from portal.kit.environment import STATIC, asset, create_environment
from portal.kit.forms import ADDED_FIELDS, Form, FormState, MalformedForm, nest
from portal.kit.layout import PATHS, Crumb, Flash, Frame, MenuEntry, MenuGroup, SessionZone, TownFace
from portal.kit.theme import InvalidTheme, check_theme, contrast_ratio, theme_css
from portal.kit.wording import MissingText, Texts

__all__ = [
    "ADDED_FIELDS", "PATHS", "STATIC", "Crumb", "Flash", "Form", "FormState", "Frame", "InvalidTheme", "MalformedForm", "MenuEntry", "MenuGroup", "MissingText", "SessionZone", "Texts",
    "TownFace", "asset", "check_theme", "contrast_ratio", "create_environment", "nest", "theme_css",
]  # fmt: skip
