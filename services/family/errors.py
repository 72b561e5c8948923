"""What the family service refuses, besides what every service does."""

from chassis.refusal import Refusal


class HouseholdAlreadyExists(Refusal):
    """This guardian already has a file with this child: open that one, or say why there are to be two."""


class ChildAlreadyBorn(Refusal):
    """The birth of this child is registered already, with another date or name: look at it, and correct the file."""


class ClassHasPupils(Refusal):
    """There are `count` pupils in this class, or there will be: put them in another one first."""


class ClassChangeStarted(Refusal):
    """Another agent (`account_id`) started this change of classes already: look at how far it has come."""


class ClassChangeRunning(Refusal):
    """This change of classes is not done: wait for its end, then take it back."""


class ClassChangeOverwritten(Refusal):
    """Something else was said since of `count` pupils whom this change moved: it cannot be taken back as a whole any more."""


class ClassStepsMissing(Refusal):
    """Nobody said what becomes of the class of `count` pupils: say it, then start the change."""


class HouseholdHasChildren(Refusal):
    """Children belong to this file, and an organization has none: open a file of its own for the organization."""


class HouseholdHasQuotient(Refusal):
    """This file has a family quotient, and an organization has none: open a file of its own for the organization."""


class OrganizationHasNoChildren(Refusal):
    """This file is an organization's, which has no children: name the file of their family."""


class OrganizationHasNoQuotient(Refusal):
    """This file is an organization's, which has no family quotient."""


class OrganizationNotSplit(Refusal):
    """This file is an organization's: whoever leaves it is taken off it, and has a file of their own otherwise."""


class SplitOutdated(Refusal):
    """The file, or what is asked of it, is not what was shown any more: look at what the split makes of it now."""


class HouseholdInUse(Refusal):
    """Something keeps this file in use: it is not put aside before that is settled."""


class HouseholdOwes(Refusal):
    """`count` invoices of this file are not paid (`amount_cents`): they are settled first, then the file may be erased."""


class HouseholdKept(Refusal):
    """This file is kept through `until_on`, counted from its last act: it is erased after that."""


class HouseholdStillUsed(Refusal):
    """This file is in use, or was until lately: it is put aside first, then it may be erased."""


class HouseholdArchived(Refusal):
    """This file is put aside: take it up again first."""


class AdultOfFile(Refusal):
    """This adult belongs to this file already."""


class RegistrationsClosed(Refusal):
    """This town opens files itself: nobody asks for a space here."""

    status = 403


class TooManyRegistrations(Refusal):
    """Too many requests from here, or for this address; wait `retry_after_seconds` before the next one."""

    status = 429


class RegistrationDecided(Refusal):
    """Another agent decided this request meanwhile: look at what they decided."""


class PayerNotAMember(Refusal):
    """This adult does not belong to the household on all of these days, so they cannot pay for them."""


class ContactOutdated(Refusal):
    """Somebody changed these details since you read them: look at what they are now, and decide again."""


class AddressNotProtected(Refusal):
    """The address of this household is not protected, or no longer: it stands in its file."""


class EmailKeptByTown(Refusal):
    """The town alone changes an e-mail address: it is what a family signs in with. Ask the town."""

    status = 403


class EmailConfirmedApart(Refusal):
    """An e-mail address is not changed with the other details: the new one is asked for apart, and confirmed with a link."""


class EmailChangesTooMany(Refusal):
    """Another address was asked for `count` times within a day; wait until `next_at` for the next one."""

    status = 429


class EmailGivenLately(Refusal):
    """The town corrected this address, and whoever asks signed in before that was known everywhere: sign in again, and ask then."""


class EmailLinkUnknown(Refusal):
    """This link is not one of ours; it may have been cut short by a mail program."""

    status = 404


class EmailLinkUsed(Refusal):
    """This link was followed already: the address is confirmed."""


class EmailLinkReplaced(Refusal):
    """Another address, or another link, was asked for since; only the last link works."""


class EmailLinkWithdrawn(Refusal):
    """The change of address was withdrawn."""


class EmailLinkOvertaken(Refusal):
    """The town changed the address since; that one counts."""


class EmailLinkSecured(Refusal):
    """The password was replaced or sessions were ended since: what was asked for before counts no more."""


class EmailLinkExpired(Refusal):
    """This link is too old; the change can be asked for again."""


class EmailLinkTaken(Refusal):
    """Another account took this address since it was asked for; ask for another one."""


class MembershipUnknown(Refusal):
    """This person does not belong to the household after that day anyway: there is nothing to end."""


class DelegationsClosed(Refusal):
    """This town does not let families have somebody else act for them: ask the town."""

    status = 403


class DelegationsTooMany(Refusal):
    """The household let `count` people act, or asked as many within a day: end one, or wait until tomorrow."""

    status = 429


class DelegationExists(Refusal):
    """This person may act already by a delegation of yours for this household: end that one before you give another."""


class RevocationNotYours(Refusal):
    """Whoever gave a delegation ends it, or an adult of the household who answers for one of its children: ask them."""

    status = 403


class HealthOutdated(Refusal):
    """Somebody changed what is known of this child's health since you read it: look at what it is now, and decide again."""


class EntourageKeptByTown(Refusal):
    """A decision says who may not collect a child, or which third person is trusted with it: the town enters what it was shown. Ask the town."""

    status = 403


class ChangeWaits(Refusal):
    """A request for this person, or as many children to be added as may be, wait for an agent already: withdraw it, or wait."""


class ChangeOutdated(Refusal):
    """The file changed since this was asked or read: look at what it is now, and decide again."""


class ChangeDecided(Refusal):
    """This request does not wait any more: it was decided or withdrawn meanwhile."""


class EntourageOutdated(Refusal):
    """Somebody changed the people around this child since you read them: look at who they are now, and decide again."""


class NotYoursToAuthorize(Refusal):
    """Who exercises parental authority over the child authorizes it: by what the town knows, you do not."""

    status = 403


class SectorsFull(Refusal):
    """A school year has `count` segments at most: join those that follow each other."""


class SectorsUnchanged(Refusal):
    """This plan has no segment yet, so that nothing would count: add segments or send a file."""


class DerogationWaits(Refusal):
    """A request for this child and school year waits already: decide it, or record that it is withdrawn."""


class DerogationSettled(Refusal):
    """This request does not wait any more, it is `status`: look at what was decided, and record a new request if the family asks again."""


class DocumentSettled(Refusal):
    """This document does not wait any more, it is `status`: look at what was decided."""


class DocumentProtected(Refusal):
    """The address of this household is protected, and may stand in what it sent: who may read the address opens it."""


class ImportRunning(Refusal):
    """Another import is at work, `label`, which `account_id` confirmed: one works at a time. Wait until it is done."""


class ImportExamining(Refusal):
    """The lines of this file are still being looked at: read the report before you confirm it."""


class HouseholdMerged(Refusal):
    """This file is part of another one, `reference`, by now: act in that one."""


class FileMergeOutdated(Refusal):
    """One of the two files changed since the preview: look at what comes of it now, and decide again."""


class FileMergeNotUndoable(Refusal):
    """The merge was undone, or its time to be undone is over: what is wrong is corrected person by person."""


class FileMergeBlocked(Refusal):
    """What the merge made was changed since, as `parts` say: to undo it would undo that too."""


class FilesOfOrganizations(Refusal):
    """Files of organizations are not merged: what they were invoiced names them."""


class MergedAddressProtected(Refusal):
    """The address of one of these files, `reference`, is protected: who protects it decides first whether everybody of the other file may know it."""


class FileReceivedAnother(Refusal):
    """The file that is to go, `reference`, took in another one, `received`: keep it, and merge the other into it."""


class FilesAreTwoHomes(Refusal):
    """The child lives at both files by turns: they are of its two homes, and not of one household."""


class PersonInThirdFile(Refusal):
    """Somebody who is to go stands in a third file, `reference`, too: merge that one first, or keep the file in which they stand."""


class CustodyDiffers(Refusal):
    """The files say differently of this child who has authority: bring them in line first."""


class HealthDiffers(Refusal):
    """Both files say something of this child's health: who may read it brings them in line first."""


class ChangesWait(Refusal):
    """Changes that the family of this file asked for wait for a decision: decide them first."""
