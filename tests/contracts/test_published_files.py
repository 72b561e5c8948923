"""The committed contracts are those of the code: schemas, golden examples, AsyncAPI and OpenAPI documents, catalogue."""

import pytest

from tools.contracts import evolve


def test_published_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert evolve.main(["--check"]) == 0, capsys.readouterr().err
