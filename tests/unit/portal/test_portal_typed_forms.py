"""What is typed in a page and what becomes of it: addresses to go on to, nested forms, children, days and amounts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.agents.counter.enrollments import DECISION
from portal.agents.counter.families import NEW_FAMILY
from portal.agents.file.resources import ENTRY
from portal.agents.money.invoicing import NEW_RUN
from portal.agents.places.openings import OPENING, PERIOD_DAYS_MAX, WEEKDAYS, Opening, chosen_days
from portal.family.enrollments.pages import NEW_ENROLLMENT
from portal.frame.children import with_children_in_order
from portal.frame.errors import SIGN_IN
from portal.frame.visit import safe_path
from portal.kit import Form, FormState, MalformedForm, Texts, nest
from portal.kit.amounts import cents_typed
from portal.kit.forms import FieldLimits
from portal.public.first_steps.pages import CHOICE

EVERY_FORM = (CHOICE, DECISION, ENTRY, NEW_ENROLLMENT, NEW_FAMILY, NEW_RUN, OPENING, SIGN_IN)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def as_a_browser_reads_it(path: str) -> str:
    """The host that a browser of this portal goes to (URL standard: some characters are left out, others are slashes)."""
    kept = path.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None})
    return urlsplit(urljoin("https://portail.example/connexion", kept.replace("\\", "/"))).netloc


@given(st.text(st.sampled_from("/\\\t\n\r:.@ae \x00?#%"), max_size=12))
@example("/\t/evil.example")
@example("//evil.example")
@example("/\\evil.example")
def test_a_safe_path_never_leaves_the_portal(path: str) -> None:
    assert as_a_browser_reads_it(safe_path(path)) == "portail.example"


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example/"])
def test_unsafe_path_would_leave_the_portal(path: str) -> None:
    assert as_a_browser_reads_it(path) == "evil.example"


def test_own_addresses_are_kept() -> None:
    for path in ("/", "/calendrier?semaine=2026-09-07", "/inscriptions#suite"):
        assert safe_path(path) == path


def flatten(value: Any, prefix: str = "") -> dict[str, str]:
    """The form that `nest` reads back to this value."""
    if not isinstance(value, dict | list):
        return {prefix: value}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {
        name: text
        for key, item in items
        for name, text in flatten(item, f"{prefix}.{key}" if prefix else str(key)).items()
    }


NAMES = st.text(st.sampled_from("abcdefg_"), min_size=1, max_size=4)
TEXTS = st.text(min_size=1, max_size=5)
BODIES = st.dictionaries(
    NAMES,
    st.recursive(
        TEXTS,
        lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=12),
        max_leaves=8,
    ),
    max_size=4,
)


@given(BODIES)
def test_nesting_a_form_gives_back_the_body(body: dict[str, Any]) -> None:
    assert nest(flatten(body)) == body


def test_blank_fields_and_those_of_the_page_itself_are_no_part_of_the_body() -> None:
    form = {"csrf_token": "x", "idempotency_key": "y", "name": "", "children.0.name": "", "children.1.name": "Lina"}
    assert nest(form) == {"children": [{"name": "Lina"}]}


@pytest.mark.parametrize(
    "form",
    [
        {"a": "1", "a.b": "2"},
        {"a.b": "2", "a": "1"},
        {".".join("a" * 1500): "1"},
        {f"children.{'9' * 5000}.name": "Lina"},
        {"children.1000.name": "Lina"},
        {"children.²": "Lina"},
        {f"field_{number}": "1" for number in range(1001)},
    ],
    ids=["value, then within it", "within it, then value", "deep", "many digits", "far index", "other digits", "many"],
)
def test_form_that_no_page_has_is_malformed(form: dict[str, str]) -> None:
    """Fields that conflict, nest too deep, are too many or have an index out of bounds."""
    with pytest.raises(MalformedForm):
        nest(form)


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=12))
def test_children_are_numbered_as_the_service_counts_them(children: list[tuple[str, str]]) -> None:
    form = {"child_count": str(len(children)), "guardian.first_name": "2"}
    for number, (first, last) in enumerate(children):
        form |= {f"children.{number}.first_name": first, f"children.{number}.last_name": last}
    ordered = with_children_in_order(form)
    typed = [(first, last) for first, last in children if first.strip() or last.strip()]
    assert ordered == {
        "child_count": str(len(children)),
        "guardian.first_name": "2",
        **{f"children.{number}.first_name": first for number, (first, _) in enumerate(typed)},
        **{f"children.{number}.last_name": last for number, (_, last) in enumerate(typed)},
    }


@given(DAYS, st.integers(0, PERIOD_DAYS_MAX - 1), st.lists(st.sampled_from(WEEKDAYS), unique=True))
def test_chosen_days_are_those_of_the_period_on_those_weekdays(first: date, length: int, weekdays: list[str]) -> None:
    last = first + timedelta(days=length)
    days = chosen_days(opening(first, last, weekdays))
    assert days == sorted(set(days))
    assert all(first <= day <= last and str(day.weekday()) in weekdays for day in days)
    assert len(chosen_days(opening(first, last))) == length + 1


@pytest.mark.parametrize(
    ("first", "last"), [("2026-09-08", "2026-09-07"), ("2026-09-01", "2027-09-02"), ("1900-01-01", "2100-12-31")]
)
def test_period_that_ends_before_it_begins_or_is_too_long_has_no_days(first: str, last: str) -> None:
    assert chosen_days(opening(date.fromisoformat(first), date.fromisoformat(last))) == []


def opening(first: date, last: date, weekdays: Sequence[str] = WEEKDAYS) -> Opening:
    """What an agent asks for who opens days of this period."""
    return Opening(activity_id=UUID(int=1), from_on=first, to_on=last, weekday=tuple(weekdays), capacity=10)


@pytest.mark.parametrize("form", EVERY_FORM, ids=lambda form: form.texts)
def test_a_form_has_a_label_and_limits_for_each_of_its_fields(form: Form) -> None:
    """A misspelled field has neither: it would be asked for under no name, and never be sent."""
    texts = Texts.load()
    for name in form.fields:
        shown = name.replace("*", "0")
        assert FormState(form=form).label(shown) in texts, name
        assert isinstance(form.limits(shown), FieldLimits)


def test_limits_are_those_of_the_request() -> None:
    assert NEW_FAMILY.limits("guardian.first_name") == FieldLimits(is_required=True)
    assert NEW_FAMILY.limits("guardian.phone") == FieldLimits(is_required=False)
    # Nobody must have a second guardian, nor more than one child.
    assert NEW_FAMILY.limits("co_guardian.first_name") == FieldLimits(is_required=False)
    required = {number: NEW_FAMILY.limits(f"children.{number}.birth_on").is_required for number in (0, 1, 14)}
    assert required == {0: True, 1: False, 14: False}


def test_a_form_reads_its_own_fields_alone() -> None:
    posted = {"guardian.first_name": " Ana ", "children.0.first_name": "Lina", "quotient.value_cents": "652,50"}
    foreign = {"step": "create", "guardian.is_payer": "true", "children.0": "x", "children.x.first_name": "y"}
    typed = NEW_FAMILY.typed(posted | foreign)
    assert typed == posted
    assert NEW_FAMILY.body(typed) == {
        "guardian": {"first_name": "Ana"},
        "children": [{"first_name": "Lina"}],
        "quotient": {"value_cents": 65250},
    }


@given(st.permutations(["children.10.last_name", "children.2.last_name", "guardian.email", "", "address.city"]))
def test_errors_come_in_the_order_of_the_fields(names: list[str]) -> None:
    ordered = NEW_FAMILY.in_order(dict.fromkeys(names, "x"))
    assert list(ordered) == ["guardian.email", "address.city", "children.2.last_name", "children.10.last_name", ""]


@given(st.integers(0, 10**11 - 1), st.sampled_from([",", "."]))
def test_amounts_are_read_to_the_cent(cents: int, separator: str) -> None:
    assert cents_typed(f"{cents // 100}{separator}{cents % 100:02d} €") == cents


@pytest.mark.parametrize(("typed", "cents"), [("650", 65000), ("652,5", 65250), ("1 250.00", 125000), ("0", 0)])
def test_amounts_as_people_write_them(typed: str, cents: int) -> None:
    assert cents_typed(typed) == cents


@pytest.mark.parametrize("typed", ["", "beaucoup", "-5", "1,234", "1e3", "1.2.3", "9" * 12])
def test_what_is_no_amount_stays_as_it_was_typed(typed: str) -> None:
    assert cents_typed(typed) == typed
