"""The settings of the simulator, with the one token that it gave out."""

from pathlib import Path
from typing import Final

from pydantic import Field

from simulators.serving import SimulatorSettings

SECRET_FILE: Final = "api_particulier_token"  # noqa: S105 - the name of a file


class ApiParticulierSettings(SimulatorSettings):
    """Where it listens. The token is a file of `secrets_dir`, unless it is said."""

    http_port: int = Field(default=8207, ge=1, le=65535)
    state_dir: Path = Path(".run/simulators/api_particulier")
    secrets_dir: Path = Path(".run/secrets")
    api_particulier_token: str = ""

    def token(self) -> str:
        """The token of the town. Raises OSError when it stands nowhere."""
        return self.api_particulier_token or (self.secrets_dir / SECRET_FILE).read_text().strip()
