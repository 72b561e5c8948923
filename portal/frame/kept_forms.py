"""Forms that a browser keeps for us from a post to the page that shows them again: POST, redirect, GET.

The address of that page names the form (`?saisie=`): it can be reloaded, another tab has one of its own, and the plain address
shows the plain page. A form is sealed for the session, sent to its page alone, and forgotten after a quarter of an hour; a secret as soon as it was shown.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from joserfc.jwk import OctKey
from litestar.datastructures import Cookie

from chassis.sealing import SealBroken, seal, unseal
from portal.kit import FormState

PARAMETER: Final = "saisie"
PREFIX: Final = "__Secure-form-"
KEPT_SECONDS: Final = 900
FORMS_MAX: Final = 2
"""Of one page; a request carries them all."""
LENGTH_MAX: Final = 3_900
"""Of a sealed form: browsers drop cookies above 4,096 characters, name included."""
TEXT_MAX: Final = 100_000
"""Of what is sealed: a text that says the same again and again gets small, but not the page that shows it."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that the browser is told to keep: its name in the address, and the cookies that say so."""

    name: str
    cookies: Sequence[Cookie]


def keep(form: FormState, path: str, key: OctKey, cookies: Mapping[str, str]) -> KeptForm | None:
    """Keep a form for the page at `path`, in place of the oldest of those that came with this request; None when it is too
    large for that."""
    text = form.as_json()
    sealed = seal(text, key) if len(text) <= TEXT_MAX else ""
    if not 0 < len(sealed) <= LENGTH_MAX:
        return None
    # Names sort by time, so that the oldest is found without opening any.
    name = f"{int(time.time()):x}{secrets.token_hex(4)}"
    older = sorted(other for other in cookies if other.startswith(PREFIX))
    forgotten = [_cookie(other, "", path, 0) for other in older[: max(0, len(older) - FORMS_MAX + 1)]]
    return KeptForm(name, [_cookie(PREFIX + name, sealed, path, KEPT_SECONDS), *forgotten])


def kept(name: str, key: OctKey, cookies: Mapping[str, str]) -> FormState | None:
    """The form of this name, or None: it was forgotten, or is of another session."""
    sealed = cookies.get(PREFIX + name) if name else None
    if not sealed:
        return None
    try:
        return FormState.from_json(unseal(sealed, key))
    except SealBroken:
        return None


def forgotten(name: str, path: str) -> Cookie:
    """What has the browser forget a form: what it holds is shown this once."""
    return _cookie(PREFIX + name, "", path, 0)


def _cookie(name: str, value: str, path: str, seconds: int) -> Cookie:
    return Cookie(key=name, value=value, path=path, max_age=seconds, secure=True, httponly=True, samesite="lax")
