"""What the family service refuses about procedures, requests and circulars."""

from chassis.refusal import Refusal


class ProcedureOutdated(Refusal):
    """Another version, `version`, was published since this text was read: look at it, then publish again."""


class ProcedureClosed(Refusal):
    """Nobody can ask by this procedure now."""


class ProcedureWaits(Refusal):
    """The procedure before this one, `label`, must be accepted first."""


class ProcedureDoneElsewhere(Refusal):
    """No request is made of this procedure: its page, `page`, does what it is for."""


class RequestNotDraft(Refusal):
    """The request was sent: its answers do not change any more."""


class StepOutdated(Refusal):
    """This page was kept from elsewhere since it was shown, with other answers: read them, then keep yours or leave it."""


class RequestIncomplete(Refusal):
    """Something is missing from the request, `count` answers or pieces, or is not as it must be: complete it, then send it."""


class RequestSettled(Refusal):
    """The request is `status`: what was asked for cannot be done of it any more."""


class SenderLeft(Refusal):
    """Whoever sent the request belongs to the household no longer, so that nobody would answer for the child: another adult of it asks."""


class RequestOfAnother(Refusal):
    """Another agent, `owner_id`, has this request: ask them, or take it over."""


class CircularEmpty(Refusal):
    """Nobody is of this group today: nothing was sent."""


class CircularClosed(Refusal):
    """The circular is closed: nobody is asked or reminded any more."""


class CircularMailedToday(Refusal):
    """Those who did not answer were written to today: once a day is the most."""
