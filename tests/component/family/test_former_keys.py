"""Agents find a file by the keys by which the former software knew the household and its children."""

import pytest

from tests.component.family.importing import Importer, home
from tests.component.family.test_search import Files
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def importer(service: RunningService) -> Importer:
    """Households with keys as former softwares write them."""
    importer = Importer(service)
    await importer.done(
        home("FAM 00123-B", child_key="Enf. n° 4512")
        + home("1001", "Martin", phone="07 00 00 00 01")
        + home("F-77", "Petit", phone="07 00 00 00 02")
        + home("00123456", "Roux", phone="07 00 00 00 03")
        + home("a/b/c/d/e/f", "Leroy", phone="07 00 00 00 04")
    )
    return importer


@pytest.mark.parametrize(
    ("typed", "reference", "key"),
    [
        ("FAM 00123-B", "F-000001", "FAM 00123-B"),
        ("fam00123b", "F-000001", "FAM 00123-B"),
        ("Fam 00123 b", "F-000001", "FAM 00123-B"),
        ("fam 00123b", "F-000001", "FAM 00123-B"),
        ("enf n° 4512", "F-000001", "Enf. n° 4512"),
        ("4512", "F-000001", "Enf. n° 4512"),
        ("1001", "F-000002", "1001"),
        ("f77", "F-000003", "F-77"),
        ("F 77", "F-000003", "F-77"),
        ("00123456", "F-000004", "00123456"),
        ("00 12 34 56", "F-000004", "00123456"),
        ("abcdef", "F-000005", "a/b/c/d/e/f"),
        ("A B C D E F", "F-000005", "a/b/c/d/e/f"),
        ("ferrand fam00123b", "F-000001", "FAM 00123-B"),
    ],
)
async def test_a_key_is_found_as_it_is_typed_and_said(importer: Importer, typed: str, reference: str, key: str) -> None:
    page = await Files(importer.service).page(typed)
    matches = {item["reference"]: item["matches"] for item in page["items"]}
    assert {"kind": "former_key", "text": key, "is_near": False} in matches[reference]
    assert set(matches) == {reference}


async def test_our_own_reference_comes_before_a_key_that_reads_like_it(importer: Importer) -> None:
    await importer.done(home("F-2", "Bon", phone="07 00 00 00 05"))
    assert await Files(importer.service).references("F-2") == ["F-000002", "F-000006"]


async def test_a_key_stays_when_its_household_is_corrected(importer: Importer) -> None:
    lines = home("1001", "Martin", phone="07 00 00 00 09", child_key="")
    run = await importer.done(lines, is_updating=True)
    assert await importer.findings(run) == ["updated", "updated"]
    assert await Files(importer.service).references("1001 0700000009") == ["F-000002"]
