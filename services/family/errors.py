"""What the family service refuses, besides what every service does."""

from chassis.refusal import Refusal


class HouseholdAlreadyExists(Refusal):
    """This guardian already has a file with this child: open that one instead of making another."""
