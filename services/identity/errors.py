"""The refusals of the identity service. Each docstring is the English detail; the code is the class name in snake case."""

from chassis.refusal import Refusal


class InvalidCredentials(Refusal):
    """This login and this password do not go together."""

    status = 401


class AccountNotActivated(Refusal):
    """The activation link that was mailed must be followed first."""

    status = 403


class AccountDisabled(Refusal):
    """This account was closed by the town."""

    status = 403


class TemporaryPasswordExpired(Refusal):
    """The temporary password is too old; the town can send a new one."""

    status = 403


class TooManyAttempts(Refusal):
    """Too many failed attempts; wait `retry_after_seconds` before the next one."""

    status = 429


class SessionEnded(Refusal):
    """There is no such session, or it has ended; sign in again."""

    status = 401


class ActivationLinkUnknown(Refusal):
    """This activation link is not one of ours; it may have been cut short by a mail program."""

    status = 404


class ActivationLinkUsed(Refusal):
    """This activation link was already followed; sign in with the credentials of the same mail."""


class ActivationLinkReplaced(Refusal):
    """A newer mail was sent; only its link and its temporary password work."""


class ActivationLinkExpired(Refusal):
    """This activation link is too old; the town can send a new one."""


class CredentialsNotChosen(Refusal):
    """A personal user name and password must be chosen first."""


class ServiceKeysNotAnswered(Refusal):
    """The keys of the town's services must be entered, or left for later, first."""


class TermsOutdated(Refusal):
    """The terms changed in the meantime; the version in force must be read."""


class TermsNotRead(Refusal):
    """The terms must be read to their end before they can be accepted."""


class TermsNotAccepted(Refusal):
    """The terms must be accepted to go on."""

    status = 422


class OwnRights(Refusal):
    """Nobody changes their own roles and sites, or closes their own account; another agent who keeps accounts does."""

    status = 403


class AgentOutdated(Refusal):
    """Somebody changed this agent since they were read: read them again, and change them from there."""


class BeyondOwnRights(Refusal):
    """Whoever works at some sites gives rights there alone, and none but their own; an agent of every site gives others."""

    status = 403


class UsernameTaken(Refusal):
    """Another account already has this user name."""
