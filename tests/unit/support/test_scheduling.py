"""Files that need the same town are done by one process of a run, and every other file by itself."""

import pytest

from tests.support.scheduling import place_of


@pytest.mark.parametrize(
    ("nodeid", "place"),
    [
        ("tests/e2e/test_path.py::TestPaid::test_receipt[scripts_on]", "tests/e2e"),
        ("tests/e2e/test_pages.py::test_a[x::y]", "tests/e2e"),
        ("tests/e2e/test_operations.py::test_the_page_is_true", "tests/e2e/test_operations.py"),
        ("tests/e2e/kit/test_kit_pages.py::test_budgets", "tests/e2e/kit/test_kit_pages.py"),
        ("tests/component/authorization/test_schemathesis.py::test_a", "tests/component/authorization"),
        ("tests/e2e/towns/test_towns.py::test_a[velizy]", "tests/e2e/towns"),
        ("tests/component/booking/test_catalog.py::test_a", "tests/component/booking/test_catalog.py"),
    ],
)
def test_a_town_is_in_one_place(nodeid: str, place: str) -> None:
    assert place_of(nodeid) == place
