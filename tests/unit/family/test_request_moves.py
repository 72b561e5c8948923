"""How a request moves on: the whole table, and what a decision needs."""

from datetime import date
from itertools import product

import pytest

from chassis.refusal import Invalid, Refusal
from contracts.family.procedure_words import Procedure
from contracts.family.request_words import Draftable, RefusalGround, RequestMove, RequestStatus
from services.family.procedures.commands import changes
from services.family.procedures.domain import Flaw, Known, procedure_of
from services.family.request_errors import RequestSettled
from services.family.requests.domain import (
    NEXT,
    Standing,
    Verdict,
    best,
    decided,
    draftable,
    moved,
    path_numbers,
)

TODAY = date(2026, 9, 1)
HEAD = 'code = "p"\nlabel = "P"\nsummary = ""\nsubject = "child"\nservice = "S"\n'
STEP = '[[steps]]\ntitle = "T"\n[[steps.fields]]\ncode = "f"\nkind = "line"\nlabel = "F"\n'
TABLE = """
draft         send      sent
sent          take      under_review
sent          ask       more_asked
sent          accept    accepted
sent          refuse    refused
sent          withdraw  withdrawn
under_review  take      under_review
under_review  ask       more_asked
under_review  accept    accepted
under_review  refuse    refused
under_review  withdraw  withdrawn
more_asked    take      more_asked
more_asked    complete  under_review
more_asked    accept    accepted
more_asked    refuse    refused
more_asked    withdraw  withdrawn
"""


def procedure(more: str = "") -> Procedure:
    made = procedure_of(HEAD + more + STEP)
    assert isinstance(made, Procedure), made
    return made


GROUNDS = (
    RefusalGround(code="full", sentence="Full.", remedy="Wait."),
    RefusalGround(code="old", sentence="Old.", remedy="Wait.", until_on=date(2026, 8, 31)),
    RefusalGround(code="other", sentence="Other.", remedy="Wait.", procedures=("q",)),
)


@pytest.mark.parametrize(("status", "move"), [*product(RequestStatus, RequestMove)])
def test_each_move_is_lawful_or_refused(status: RequestStatus, move: RequestMove) -> None:
    lawful = {(line[0], line[1]): line[2] for line in map(str.split, TABLE.strip().splitlines())}
    after = moved(status, move)
    if (wanted := lawful.get((status.value, move.value))) is None:
        assert isinstance(after, RequestSettled)
    else:
        assert after == RequestStatus(wanted)
    assert len(NEXT) == len(lawful)


@pytest.mark.parametrize(
    ("verdict", "pointer"),
    [
        (Verdict(RequestMove.ASK), "/words"),
        (Verdict(RequestMove.REFUSE), "/ground"),
        (Verdict(RequestMove.REFUSE, "old"), "/ground"),
        (Verdict(RequestMove.REFUSE, "other"), "/ground"),
        (Verdict(RequestMove.SEND), "/move"),
        (Verdict(RequestMove.ACCEPT), "/task_on"),
        (Verdict(RequestMove.ACCEPT, task_on=date(2026, 8, 31)), "/task_on"),
        (Verdict(RequestMove.ACCEPT, task_on=date(2028, 1, 1)), "/task_on"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(verdict: Verdict, pointer: str) -> None:
    made = decided(Standing(RequestStatus.SENT), procedure('effect = "task"\ntask = "Do."\n'), verdict, GROUNDS, TODAY)
    assert isinstance(made, Invalid)
    assert [fault.pointer for fault in made.fields] == [pointer]


def test_asking_stops_the_delay_and_the_same_decision_again_is_no_fault() -> None:
    known = Standing(RequestStatus.UNDER_REVIEW, date(2026, 10, 1))
    asked = decided(known, procedure(), Verdict(RequestMove.ASK, words="What?"), GROUNDS, TODAY)
    assert asked == Standing(RequestStatus.MORE_ASKED, None)
    refusal = Verdict(RequestMove.REFUSE, "full")
    refused = decided(known, procedure(), refusal, GROUNDS, TODAY)
    assert isinstance(refused, Standing)
    assert (refused.outcome.sentence, refused.outcome.remedy) == ("Full.", "Wait.")
    assert decided(refused, procedure(), refusal, GROUNDS, TODAY) == refused
    assert isinstance(decided(refused, procedure(), Verdict(RequestMove.ACCEPT), GROUNDS, TODAY), Refusal)


def test_a_family_may_ask_when_it_is_open_and_the_step_before_is_accepted() -> None:
    second = procedure('after = "first"\n')
    assert draftable(second, None, TODAY) is Draftable.WAITS_FOR
    assert draftable(second, RequestStatus.SENT, TODAY) is Draftable.WAITS_FOR
    assert draftable(second, RequestStatus.ACCEPTED, TODAY) is Draftable.OPEN
    assert draftable(procedure("opens_on = 2026-09-02\n"), None, TODAY) is Draftable.CLOSED
    assert best([RequestStatus.REFUSED, RequestStatus.SENT]) is RequestStatus.SENT


def test_the_steps_of_a_path_have_numbers() -> None:
    first = procedure_of((HEAD + STEP).replace('code = "p"', 'code = "first"'))
    second = procedure('after = "first"\n')
    alone = procedure_of((HEAD + STEP).replace('code = "p"', 'code = "alone"'))
    assert isinstance(first, Procedure)
    assert isinstance(alone, Procedure)
    assert path_numbers([second, alone, first]) == {"first": 1, "p": 2}
    assert path_numbers([second]) == {}


def test_what_the_town_has_not_is_no_name_and_each_change_is_shown() -> None:
    text = f'{HEAD}after = "q"\nservice_key = "social"\n{STEP}[[pieces]]\nkind = "paper"\nlabel = "P"\n'
    flaws = procedure_of(text, Known(document_kinds=(), procedures=(), services=()))
    assert isinstance(flaws, tuple)
    assert {flaw.flaw for flaw in flaws} == {Flaw.AFTER_UNKNOWN, Flaw.SERVICE_UNKNOWN, Flaw.PIECE_UNKNOWN}
    lines = changes(text, text.replace('label = "F"', 'label = "G"'))
    assert [line for change, line in lines if change != "same"] == ['label = "F"', 'label = "G"']
    assert changes(text, text) == ()
