"""Under which towns a test runs: the demonstration's, and those whose rows of the mission it proves."""

from typing import Final

import pytest

DEMO: Final = "demo"
GUIDES: Final = {"S0": "belfort", "S1": "premium", "S2": "structure", "S3": "velizy", "S4": "tirelire"}
"""The town under which the rows of a guide hold."""


def also_under(*profiles: str) -> pytest.MarkDecorator:
    """The test runs in the demonstration town, and in these."""
    return pytest.mark.parametrize("profile", [DEMO, *profiles])


def in_towns(*names: str) -> pytest.MarkDecorator:
    """The test is about these towns alone."""
    return pytest.mark.parametrize("town", names, indirect=True)
