"""The portal, its browser and its town of faults, as the folders beside this one set them up."""

from tests.chaos.conftest import evidence, running, scene
from tests.component.authorization.conftest import world
from tests.e2e.conftest import browser, span_collector, stack, town_now
from tests.e2e.kit.conftest import gallery, kit_browser, page, plain_page

__all__ = [
    "browser",
    "evidence",
    "gallery",
    "kit_browser",
    "page",
    "plain_page",
    "running",
    "scene",
    "span_collector",
    "stack",
    "town_now",
    "world",
]
