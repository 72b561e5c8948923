"""What travels of the online services that an account does without."""

from contracts.event import Model
from contracts.identity.online_service_words import OnlineService


class OnlineServicesChoice(Model):
    """The services that an account does without, whole; none of them is lost, and each comes back as it was."""

    declined: frozenset[OnlineService]
