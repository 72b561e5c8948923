"""docs/invariants.md says what is looked at where: what services check every night, and what an operator's look does."""

import re

from contracts.types import SERVICES
from tests.tidy.tree import REPOSITORY, text_of
from tools.chaos.invariants import INVARIANTS
from tools.invariants.__main__ import CHECKS
from tools.invariants.nightly import checking_of

ROW = re.compile(r"^\| (I\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {code: (sentence, places) for code, sentence, places in ROW.findall(text_of(REPOSITORY / "docs/invariants.md"))}


def test_the_page_names_what_each_service_checks_every_night() -> None:
    nightly: dict[str, list[str]] = {}
    for service in SERVICES:
        for invariant in checking_of(service).invariants:
            nightly.setdefault(invariant.code, []).append(service)
            sentence, _ = ROWS[invariant.code]
            assert sentence.startswith(invariant.statement.removesuffix(".")), invariant.code
    named = {code: places.partition(";")[0] for code, (_, places) in ROWS.items() if "every night" in places}
    assert named == {code: f"every night: {', '.join(services)}" for code, services in nightly.items()}


def test_the_page_names_what_an_operator_compares_and_all_that_campaigns_check() -> None:
    assert {code for code, (_, places) in ROWS.items() if "operator's look" in places} == CHECKS.keys()
    assert {invariant.code for invariant in INVARIANTS} | {"I16"} == ROWS.keys()
