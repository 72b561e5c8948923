"""The months that tests of one town invoice: one each, for a town has one run for each regie and month."""

from enum import StrEnum, unique


@unique
class Month(StrEnum):
    """Whose month it is."""

    CORRECTED_BEFORE = "2017-10"
    CORRECTED_AFTER = "2017-11"
    PAYERS = "2018-03"
    ERASED = "2018-08"
    FORMER_NUMBER = "2018-09"
    DEPARTED = "2018-10"
    FILED = "2018-11"
    LEFT = "2018-12"
    RUN = "2019-03"
    SHOWN = "2019-05"
    SHOWN_LATER = "2019-06"
    EXPORTED = "2019-08"
    PROVED = "2019-09"
    HOMES = "2021-03"
