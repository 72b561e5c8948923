"""Writes `docs/security/sbom.cdx.json`, a CycloneDX 1.6 bill of materials, from the lock files and the list of typefaces: `python -m tools.sbom`; `--check`
only compares. What runs in production has the scope `required`; tools of development and the local servers are `excluded`.

The file has neither a date nor a serial number, so that the same locks always give the same file.
"""

import argparse
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

REPOSITORY: Final = Path(__file__).parents[2]
EVERYTHING: Final = REPOSITORY / "requirements.lock"
RUNTIME: Final = REPOSITORY / "deploy" / "requirements-runtime.lock"
JARS: Final = REPOSITORY / "deploy" / "kafka-jars.lock"
LICENSES: Final = Path(__file__).parent / "licenses.toml"
TYPEFACES: Final = Path(__file__).parent / "typefaces.toml"
TARGET: Final = REPOSITORY / "docs" / "security" / "sbom.cdx.json"
PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Write or compare; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.sbom", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is not up to date")
    text = json.dumps(bill_of_materials(), indent=1) + "\n"
    if not parser.parse_args(arguments).check:
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        print(f"{TARGET.relative_to(REPOSITORY)}: not up to date; run python -m tools.sbom", file=sys.stderr)
        return 1
    return 0


def bill_of_materials() -> dict[str, Any]:
    """The document. Raises KeyError for a package whose licence `licenses.toml` does not say."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "portail-famille", "name": "portail-famille"}},
        "components": [*_packages(), *_typefaces(), *_jars()],
    }


def pinned(lock: Path) -> dict[str, str]:
    """The versions of a lock file, by package."""
    return dict(PINNED.findall(lock.read_text()))


def licenses() -> dict[str, str]:
    """The licences, by package."""
    return tomllib.loads(LICENSES.read_text())


def _packages() -> Iterator[dict[str, Any]]:
    runtime, known = pinned(RUNTIME), licenses()
    for name, version in pinned(EVERYTHING).items():
        purl = f"pkg:pypi/{name}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "scope": "required" if name in runtime else "excluded",
            "licenses": [{"expression": known[name]}],
            "purl": purl,
        }


def _typefaces() -> Iterator[dict[str, Any]]:
    for typeface in tomllib.loads(TYPEFACES.read_text())["typeface"]:
        yield {
            "type": "file",
            "bom-ref": typeface["file"],
            "name": typeface["name"],
            "version": typeface["version"],
            "scope": "required",
            "hashes": [
                {"alg": "SHA-256", "content": hashlib.sha256((REPOSITORY / typeface["file"]).read_bytes()).hexdigest()}
            ],
            "licenses": [{"expression": typeface["license"]}],
        }


def _jars() -> Iterator[dict[str, Any]]:
    """The jars of the local Kafka; their licences are not looked up, as the product does not distribute them."""
    for line in JARS.read_text().splitlines():
        digest, _size, coordinates = line.split()
        group, name, version = coordinates.split(":")[:3]
        purl = f"pkg:maven/{group}/{name}@{version}"
        yield {
            "type": "library",
            "bom-ref": f"{purl}#{digest[:12]}",
            "group": group,
            "name": name,
            "version": version,
            "scope": "excluded",
            "hashes": [{"alg": "SHA-256", "content": digest}],
            "purl": purl,
        }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
