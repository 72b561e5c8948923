"""What the family service refuses, besides what every service does."""

from chassis.refusal import Refusal


class HouseholdAlreadyExists(Refusal):
    """This guardian already has a file with this child: open that one instead of making another."""


class PayerNotAMember(Refusal):
    """This adult does not belong to the household on all of these days, so they cannot pay for them."""


class ContactOutdated(Refusal):
    """Somebody changed these details since you read them: look at what they are now, and decide again."""


class EmailKeptByTown(Refusal):
    """The town alone changes an e-mail address: it is what a family signs in with. Ask the town."""

    status = 403


class MembershipUnknown(Refusal):
    """This person does not belong to the household after that day anyway: there is nothing to end."""
