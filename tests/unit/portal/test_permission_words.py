"""What a role permits is said in words: each permission has its sentence, and each sentence its permission."""

import tomllib

from contracts.permissions import PERMISSIONS
from portal.kit.wording import PORTAL, flatten


def test_every_permission_has_its_sentence() -> None:
    area = tomllib.loads((PORTAL / "agents" / "accounts" / "texts.toml").read_text())
    assert set(flatten(area["agents"]["permission"])) == {str(name) for name in PERMISSIONS}
