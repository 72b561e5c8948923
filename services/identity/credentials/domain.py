"""What a personal user name and password must be: the town's policy, and what nobody should choose."""

import unicodedata
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from chassis.refusal import FieldRefusal

from ..accounts.domain import AccountRecord, username_key

USERNAME_LENGTH_MAX = 40
USERNAME_PUNCTUATION = "._-"
FRENCH_PASSWORDS: Final = frozenset(files(__package__).joinpath("common_passwords.txt").read_text("utf-8").split())
"""What is tried first here, beside what is tried first everywhere."""


def _as_compared(text: str) -> str:
    return "".join(username_key(text).split())


COMMON_PASSWORDS: Final = FRENCH_PASSWORDS | frozenset(map(_as_compared, FREQUENCY_LISTS["passwords"]))
"""Passwords that are tried first, as they are compared: 30,000 of leaked ones by how often they were found, and French ones."""


@dataclass(frozen=True, slots=True)
class CredentialRules:
    """A town's policy. A minimum of zero asks for nothing; `context_words` are the town's own names."""

    length_min: int
    length_max: int
    lowercase_min: int
    uppercase_min: int
    digit_min: int
    username_length_min: int
    is_username_editable: bool
    context_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person typed."""

    username: str
    password: str = field(repr=False)
    password_confirmation: str = field(repr=False)

    @property
    def says_a_password(self) -> bool:
        """Whether anything was typed in its fields."""
        return bool(self.password or self.password_confirmation)


def check_choice(
    choice: Choice, account: AccountRecord | None, rules: CredentialRules, *, is_username_taken: bool
) -> list[FieldRefusal]:
    """Everything that is wrong with a choice, at most one refusal a field. `account` is None for one being created; a personal password
    stays when none is typed."""
    keeps_password = account is not None and account.has_personal_credentials and not choice.says_a_password
    words = (account.email, account.email.partition("@")[0]) if account else ()
    own_rules = replace(rules, context_words=(*rules.context_words, *words))
    refusals = [
        check_username(choice.username, account, rules, is_taken=is_username_taken),
        None if keeps_password else check_password(choice.password, choice.username, own_rules),
        None if keeps_password else _check_confirmation(choice),
    ]
    return [refusal for refusal in refusals if refusal is not None]


def check_username(
    username: str, account: AccountRecord | None, rules: CredentialRules, *, is_taken: bool
) -> FieldRefusal | None:
    pointer = "/username"
    if not username:
        return FieldRefusal(pointer, "username_required")
    if account is not None and username == account.username:
        return None
    if account is not None and not rules.is_username_editable:
        return FieldRefusal(pointer, "username_fixed")
    if len(username) < rules.username_length_min:
        return FieldRefusal(pointer, "username_too_short", (("min", rules.username_length_min),))
    if len(username) > USERNAME_LENGTH_MAX:
        return FieldRefusal(pointer, "username_too_long", (("max", USERNAME_LENGTH_MAX),))
    if not all(_is_usual(letter) for letter in username):
        return FieldRefusal(pointer, "username_characters")
    if is_taken:
        return FieldRefusal(pointer, "username_taken")
    return None


def _is_usual(letter: str) -> bool:
    """Whether a character may stand in a user name: letters of other scripts look like ours, and nobody would see whose name it is."""
    is_latin = letter.isalpha() and unicodedata.name(letter, "").startswith("LATIN")
    return is_latin or (letter.isascii() and letter.isdigit()) or letter in USERNAME_PUNCTUATION


def check_password(password: str, username: str, rules: CredentialRules) -> FieldRefusal | None:
    pointer = "/password"
    if not password:
        return FieldRefusal(pointer, "password_required")
    if len(password) < rules.length_min:
        return FieldRefusal(pointer, "password_too_short", (("min", rules.length_min),))
    if len(password) > rules.length_max:
        return FieldRefusal(pointer, "password_too_long", (("max", rules.length_max),))
    if sum(letter.islower() for letter in password) < rules.lowercase_min:
        return FieldRefusal(pointer, "password_lowercase", (("min", rules.lowercase_min),))
    if sum(letter.isupper() for letter in password) < rules.uppercase_min:
        return FieldRefusal(pointer, "password_uppercase", (("min", rules.uppercase_min),))
    if sum(letter.isdigit() for letter in password) < rules.digit_min:
        return FieldRefusal(pointer, "password_digits", (("min", rules.digit_min),))
    if username_key(password) == username_key(username):
        return FieldRefusal(pointer, "password_equals_username")
    if is_common(password, (username, *rules.context_words)):
        return FieldRefusal(pointer, "password_too_common")
    return None


def is_common(password: str, context_words: tuple[str, ...]) -> bool:
    """Whether a password is one that is tried first: well known, or the town's or one's own name, with a few digits and
    signs after it."""
    folded = _as_compared(password)
    core = folded.rstrip("0123456789!?.,;:*@#$%&+=_-")
    context = {_as_compared(word) for word in context_words if word}
    return folded in COMMON_PASSWORDS or core in COMMON_PASSWORDS or core in context


def _check_confirmation(choice: Choice) -> FieldRefusal | None:
    if not choice.password_confirmation:
        return FieldRefusal("/password_confirmation", "confirmation_required")
    if choice.password and choice.password != choice.password_confirmation:
        return FieldRefusal("/password_confirmation", "confirmation_mismatch")
    return None
