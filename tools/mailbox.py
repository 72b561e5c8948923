"""Reading the local mail catcher: wait for a mail to somebody, and take the credentials, or the code to confirm who they are, out of it."""

import re
import time
from dataclasses import dataclass
from typing import Any, Final

import httpx2

POLL_SECONDS: Final = 0.2
_LINK: Final = re.compile(r"https?://\S+/activation/(\S+)")
_USERNAME: Final = re.compile(r"^\s*(?:Identifiant|Adresse e-mail)\s*:\s*(\S+)", re.MULTILINE)
_PASSWORD: Final = re.compile(r"^\s*Mot de passe temporaire\s*:\s*(\S+)", re.MULTILINE)


_CODE: Final = re.compile(r"^(\d{3}) (\d{3})$", re.MULTILINE)


class NoMail(Exception):
    """Nothing arrived in time; the text says for whom and about what."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a welcome mail carries."""

    username: str
    password: str
    link: str
    token: str


def wait_for_mail(catcher_url: str, to: str, seconds: float, subject: str = "", besides: str = "") -> dict[str, Any]:
    """The latest mail to an address whose subject holds `subject`, once there is another one than that with the text `besides`.

    Raises:
        NoMail: none came within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        mails = _mails(catcher_url, to)
        latest = _latest(mails, subject)
        if latest is not None and latest["text"] != besides:
            return latest
        if time.monotonic() > deadline:
            raise NoMail(
                f"no mail to {to} about {subject!r} within {seconds} s; subjects: {[m['subject'] for m in mails]}"
            )
        time.sleep(POLL_SECONDS)


def text_so_far(catcher_url: str, to: str, subject: str) -> str:
    """The text of the latest mail to an address whose subject holds `subject`; "" when there is none yet."""
    latest = _latest(_mails(catcher_url, to), subject)
    return str(latest["text"]) if latest else ""


def _mails(catcher_url: str, to: str) -> list[dict[str, Any]]:
    mails: list[dict[str, Any]] = httpx2.get(f"{catcher_url}/api/messages", params={"to": to}).json()
    return mails


def _latest(mails: list[dict[str, Any]], subject: str) -> dict[str, Any] | None:
    return next((mail for mail in mails if subject in mail["subject"]), None)


def credentials_of(text: str) -> Credentials:
    """The credentials in the text of a welcome mail.

    Raises:
        NoMail: the text is not a welcome mail.
    """
    link, username, password = _LINK.search(text), _USERNAME.search(text), _PASSWORD.search(text)
    if not (link and username and password):
        raise NoMail("this is not a welcome mail")
    return Credentials(username[1], password[1], link[0], link[1])


def code_of(text: str) -> str:
    """The code in the text of a mail that brings one.

    Raises:
        NoMail: there is none in it.
    """
    code = _CODE.search(text)
    if code is None:
        raise NoMail("this mail brings no code")
    return code[0]
