"""What the billing service refuses, besides what every service does."""

from chassis.refusal import Refusal


class TariffMissing(Refusal):
    """No price is published for this activity on this day."""


class SharesIncomplete(Refusal):
    """The parts of a child's day come to the whole day, no more and no less."""

    status = 422


class PayerUnknown(Refusal):
    """Parts are paid by those who are, were or will be payers of a household of the child."""

    status = 422


class InvoiceRunExists(Refusal):
    """This month was already invoiced, or is being invoiced: there is one run for each regie and month."""


class PeriodNotStarted(Refusal):
    """This month has not begun: nothing can be invoiced yet."""

    status = 422


class RunNotDrafted(Refusal):
    """The draft of this run is still being computed, or the run has gone further already."""


class RunNotReviewed(Refusal):
    """This run is issued only after an agent reviewed it."""


class RunChanged(Refusal):
    """Days were corrected or became due since the draft: it is being computed again, and is to be reviewed again."""


class PricesWait(Refusal):
    """A tariff or a quotient changed and days are being priced again: the draft is computed again after that."""


class DaysStandOpen(Refusal):
    """This run leaves out days that stand open, and their counts are not the ones that were confirmed."""


class RunFrozen(Refusal):
    """The invoices of this run are being issued, or were: what is issued never changes."""


class InvoiceAlreadyPaid(Refusal):
    """Nothing is left to pay on this invoice."""


class AmountUnderMinimum(Refusal):
    """The payment provider takes no amount as small as this."""


class AmountOverMaximum(Refusal):
    """The payment provider takes no amount as large as this."""


class PaymentUnderWay(Refusal):
    """A payment of this invoice was started a moment ago and its result is awaited."""


class PayerEmailMissing(Refusal):
    """The payment provider sends its ticket by e-mail, and no address is known."""

    status = 422


class PaymentPageRefused(Refusal):
    """The payment provider refused to open a payment page."""


class PaymentProviderUnavailable(Refusal):
    """The payment provider does not answer at the moment."""

    status = 503


class DocumentForgotten(Refusal):
    """This invoice is of a household that was erased, and the time for which it is kept is over: it has no document any more."""


class NothingPaid(Refusal):
    """Nothing was paid on these days, so that there is nothing to certify."""


class DocumentCannotBeSet(Refusal):
    """This document cannot be made as it stands: trying again changes nothing."""

    status = 500
