"""The refusals of the identity service. Each docstring is the English detail; the code is the class name in snake case."""

from chassis.refusal import Forbidden, Refusal


class InvalidCredentials(Refusal):
    """This login and this password do not go together."""

    status = 401


class AccountNotActivated(Forbidden):
    """The activation link that was mailed must be followed first."""


class AccountDisabled(Forbidden):
    """This account was closed by the town."""


class TemporaryPasswordExpired(Forbidden):
    """The temporary password is too old; the town can send a new one."""


class TooManyAttempts(Refusal):
    """Too many failed attempts; wait `retry_after_seconds` before the next one."""

    status = 429


class TooManyCodes(Refusal):
    """Too many wrong codes of a second factor; wait `retry_after_seconds` before the next one, or have the factor taken off."""

    status = 429


class StepUpCodeTooSoon(Refusal):
    """A code was sent a moment ago, or many were; wait `retry_after_seconds` before the next one."""

    status = 429


class SessionEnded(Refusal):
    """There is no such session, or it has ended; sign in again."""

    status = 401


class SecondFactorNeeded(Forbidden):
    """The password was right; the code of the second step must be entered before anything else."""


class OwnSecondFactor(Forbidden):
    """Nobody takes the second factor off their own account: they replace it, or another agent who keeps accounts does."""


class ActivationLinkUnknown(Refusal):
    """This activation link is not one of ours; it may have been cut short by a mail program."""

    status = 404


class ActivationLinkUsed(Refusal):
    """This activation link was already followed; sign in with the password that was chosen since, or with that of the same mail."""


class ActivationLinkOvertaken(Refusal):
    """No newer mail was sent: a password that was given or chosen since opens the account, in place of the one of this mail."""


class PasswordNotInPlace(Refusal):
    """This password was mailed in place of another one; the link of the same mail must be followed first."""

    status = 403


class ActivationLinkReplaced(Refusal):
    """A newer mail was sent; only its link and its temporary password work."""


class ActivationLinkExpired(Refusal):
    """This activation link is too old; the town can send a new one."""


class CredentialsNotChosen(Refusal):
    """A personal user name and password must be chosen first."""


class PersonNotChosen(Refusal):
    """The account stands for several adults: it must be said first which one acts."""


class AccountMerged(Forbidden):
    """This account was merged into another one of the same person, which is the one to sign in with."""


class AccountsNotAlike(Refusal):
    """Nothing says that both accounts are of the same person: an adult of each must have the same name and the same telephone number."""


class AccountsOfTwoIdentities(Refusal):
    """Two identities of FranceConnect open the two accounts: they are of two people."""


class AccountNotMergeable(Refusal):
    """Only two accounts of families that are open and personal already, or were never opened, can be merged."""


class MergeOutdated(Refusal):
    """One of the accounts changed since the preview: look at it again."""


class MergeNotUndoable(Refusal):
    """This merge was undone already, or its time is over, or its address belongs to another account by now."""


class ServiceKeysNotAnswered(Refusal):
    """The keys of the town's services must be entered, or left for later, first."""


class TermsOutdated(Refusal):
    """The terms changed in the meantime; the version in force must be read."""


class TermsNotRead(Refusal):
    """The terms must be read to their end before they can be accepted."""


class TermsNotAccepted(Refusal):
    """The terms must be accepted to go on."""

    status = 422


class FranceConnectUnavailable(Refusal):
    """FranceConnect does not answer at the moment."""

    status = 503


class FranceConnectDenied(Forbidden):
    """The person went back, or FranceConnect did not find them in the national register."""


class FranceConnectReturnUnknown(Refusal):
    """No such return is awaited by this browser: it was used already, or began elsewhere."""

    status = 404


class FranceConnectReturnExpired(Refusal):
    """The person was away for too long; they may begin again."""


class FranceConnectUnverified(Forbidden):
    """What came back does not prove who somebody is."""


class FranceConnectTooWeak(Forbidden):
    """FranceConnect is less sure of the person than the town wants."""


class FranceConnectForFamilies(Forbidden):
    """Agents do not sign in through FranceConnect."""


class FranceConnectLinkedElsewhere(Refusal):
    """This identity opens another account."""


class FranceConnectLinkExists(Refusal):
    """Another identity opens this account; that link must be removed first."""


class ProviderUnavailable(Refusal):
    """The town's own provider does not answer at the moment."""

    status = 503


class ProviderDenied(Forbidden):
    """The agent went back, or the town's provider does not let them in here."""


class ProviderSessionOver(Refusal):
    """Nobody is signed in at the town's provider any more."""

    status = 401


class ProviderReturnUnknown(Refusal):
    """No such return is awaited by this browser: it was used already, or began elsewhere."""

    status = 404


class ProviderReturnExpired(Refusal):
    """The agent was away for too long; they may begin again."""


class ProviderUnverified(Forbidden):
    """What came back does not prove who somebody is."""


class ProviderTooWeak(Forbidden):
    """The agent was not proven as surely, or as lately, as the town wants."""


class ProviderClaimMissing(Forbidden):
    """The provider does not say, or did not verify, what the town finds an agent's account by."""


class ProviderAccountUnknown(Forbidden):
    """No account of an agent is this person's, and none is made here; those who manage the accounts create it."""


class ProviderAccountAmbiguous(Refusal):
    """Several accounts could be this person's; those who manage the accounts must tell them apart."""


class ProviderLinkedElsewhere(Refusal):
    """Another identity of the provider opens this account; those who manage the accounts can undo that link."""


class ProviderOtherPerson(Refusal):
    """Somebody else is signed in here; they must sign out first."""


class LogoutUnverified(Refusal):
    """This is no order of the town's provider to end a session, or it was given before."""

    status = 400


class PasswordClosed(Forbidden):
    """In this town the agent signs in with the town's own provider, and has no password here."""


class InvalidPasskey(Refusal):
    """What was answered opens no account here."""

    status = 401


class PasskeyNotAwaited(Refusal):
    """No such answer is awaited: it came too late, was given already, or another browser was asked."""


class PasskeyCopied(Forbidden):
    """This passkey counts backwards, as if a copy of it had been used elsewhere; it should be removed."""


class PasskeyUnusable(Refusal):
    """What the authenticator made does not prove what is wanted of a passkey."""

    status = 422


class PasskeyKnown(Refusal):
    """This passkey opens an account already."""


class PasskeysFull(Refusal):
    """An account has ten passkeys at most; one must be removed first."""


class OwnRights(Forbidden):
    """Nobody changes their own roles and sites, or closes their own account; another agent who keeps accounts does."""


class AgentOutdated(Refusal):
    """Somebody changed this agent since they were read: read them again, and change them from there."""


class NoSecondPerson(Refusal):
    """This takes two persons, and no other agent manages the accounts who could confirm it; whoever runs the portal can create one."""


class SamePerson(Forbidden):
    """Whoever asked for this change neither confirms nor refuses it: a second person does."""


class AgentChangeDecided(Refusal):
    """This change does not wait any more: somebody decided it, or another one was asked for in its place."""


class AgentChangeExpired(Refusal):
    """Nobody decided this change in time; it can be asked for again."""


class AgentChangeOutdated(Refusal):
    """The agent, or a role of the town, was changed since this change was asked for; it can be refused, or asked for again."""


class BeyondOwnRights(Forbidden):
    """Whoever works at some sites gives rights there alone, and none but their own; an agent of every site gives others."""


class UsernameTaken(Refusal):
    """Another account already has this user name."""
