"""What an agent may be allowed to do with messages."""

from contracts.types import Permission


class NotificationsPermission(Permission):
    """The permissions of the notifications service."""

    READ_MESSAGES = "notifications.messages.read", "See what was sent to a family."
    CHECK_INVARIANTS = (
        "notifications.invariants.check",
        "See what always holds of the notifications service's rows, and have it checked.",
    )
