"""An authenticator application, as agents have one on their telephone."""

import time
from dataclasses import dataclass, field

import httpx2
from pyotp import TOTP


@dataclass
class Authenticator:
    """The application of one account. It follows the real time; `recovery_codes` are what came with it."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, steps_ahead: int = 0) -> str:
        """The code of the present step of 30 seconds, or of the next one, which counts already."""
        return TOTP(self.secret).at(int(time.time()) + 30 * steps_ahead)

    def wrong(self) -> str:
        """A code that is none of those that count."""
        near = {self.code(steps) for steps in range(-2, 3)}
        return next(code for number in range(10) if (code := f"{number:06}") not in near)


async def enrolled(identity: httpx2.AsyncClient, session_token: str, password: str) -> Authenticator:
    """An application that became the second factor of whoever is signed in; their session goes on under another token."""
    headers = {"X-Session": session_token, "X-Client-Address": "198.51.100.251"}
    served = await identity.get("/me/second-factor/candidate", headers=headers)
    device = Authenticator(served.json()["secret"])
    body = {"code": device.code(), "current_password": password}
    answer = await identity.post("/me/second-factor", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    device.recovery_codes = answer.json()["codes"]
    return device
