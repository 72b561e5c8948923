"""The settings of the mail catcher."""

from pathlib import Path

from pydantic import Field

from simulators.serving import SimulatorSettings


class MailSettings(SimulatorSettings):
    """Where mails are received, read and kept."""

    http_port: int = Field(default=8202, ge=1, le=65535)
    state_dir: Path = Path(".run/simulators/mail")
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=8203, ge=1, le=65535)
