"""Links of mails that do something once: the secret leaves the address at once, waits in a cookie, and one press of a button uses it.

A link itself changes nothing, so that a mail filter that opens every link uses none up.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from litestar.datastructures import Cookie

from portal.frame.visit import Visit

KEPT_SECONDS: Final = 3600
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,200}")
USED: Final = "used."
"""Begins what stands in the cookie for a link that was used up: no secret holds a dot."""
ABSENT: Final = "absent-mailed-link"
"""Stands for the secret where there is none: a link that nobody has."""


@dataclass(frozen=True, slots=True)
class FollowedLink:
    """What a browser keeps of a link; empty without one."""

    kept: str = field(repr=False)

    @property
    def is_used(self) -> bool:
        """Whether the button was pressed already."""
        return self.kept.startswith(USED)

    @property
    def secret(self) -> str:
        """What the link is known by, or what nothing is known by."""
        return self.kept or ABSENT

    @property
    def mark(self) -> str:
        """What tells a link from another and opens nothing: a digest of its secret, which stays when the secret is used up."""
        if not self.kept:
            return ""
        if self.is_used:
            return self.kept.removeprefix(USED).partition(".")[0]
        return sha256(self.kept.encode()).hexdigest()[:16]

    @property
    def note(self) -> str:
        """The word that was kept beside a link when it was used up."""
        return self.kept.removeprefix(USED).partition(".")[2] if self.is_used else ""

    def is_other(self, mark: str | None) -> bool:
        """Whether a page that shows a mark was of another link: one is open beside this one, and it is not that one's that was meant."""
        return bool(self.kept) and mark != self.mark


@dataclass(frozen=True, slots=True)
class MailedLinks:
    """The links of one kind, by the name of their cookie."""

    cookie: str

    def followed(self, visit: Visit) -> FollowedLink:
        """The one that was followed last in this browser."""
        return FollowedLink(visit.request.cookies.get(self.cookie, ""))

    def keep(self, secret: str) -> Cookie:
        """The cookie in which a secret waits; what is none of ours is not kept."""
        return self._cookie(secret if SECRET.fullmatch(secret) else "")

    def use(self, link: FollowedLink, note: str = "") -> Cookie:
        """The cookie that remembers that a link was used, with a word about it."""
        return self._cookie(f"{USED}{link.mark}.{note}" if note else USED + link.mark)

    def _cookie(self, value: str) -> Cookie:
        return Cookie(
            key=self.cookie,
            value=value,
            path="/",
            max_age=KEPT_SECONDS,
            secure=True,
            httponly=True,
            samesite="lax",
        )
