"""The authorization matrix is whole: a row for each operation that is published, and no answer that its own rules forbid."""

from tests.component.authorization.matrix import (
    DOCUMENT,
    FAMILIES,
    FORMERS,
    OBJECTS,
    Rule,
    cells,
    operations,
    rules,
)

TEXT = DOCUMENT.read_text()
OWN = OBJECTS.index("own")


WITHOUT_A_ROW = f"""each operation has a row in {DOCUMENT.relative_to(DOCUMENT.parents[2])}, below its service's heading, such as
| `change_something` | what it names | ok 404 404 404 - | 404 404 404 404 - | | ok ok 404 404 - | |
(`python -m tools.contracts.evolve` fills in the roles) and no row is without an operation; these are"""


def unclassified(text: str) -> set[tuple[str, str]]:
    """Operations without a row, and rows without an operation."""
    return {(application, name) for application, name, _ in rules(text)} ^ operations().keys()


def disclosures(rule: Rule) -> list[str]:
    """Answers that tell a family something of what is not theirs: allowed, or 403 where their own is not."""
    return [
        f"{actor}, {about}: {answer}"
        for actor in (*FAMILIES, *FORMERS)
        for about, answer in zip(OBJECTS, rule.pattern(actor), strict=True)
        if about in ("other", "random", "erased")
        and answer not in ("-", "404")
        and (answer != "403" or rule.families[OWN] != "403")
    ]


def test_every_published_operation_has_a_row() -> None:
    assert not unclassified(TEXT), f"{WITHOUT_A_ROW} {sorted(unclassified(TEXT))}"
    classified = list(cells(TEXT))
    assert len({(cell.operation, cell.names, cell.actor, cell.about) for cell in classified}) == len(classified) > 1_000


def test_a_new_operation_and_a_forgotten_row_are_seen() -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| `read_invoice` | invoice"))
    before = unclassified(TEXT)
    assert unclassified(TEXT.replace(row + "\n", "")) - before == {("billing", "read_invoice")}
    added = TEXT.replace(row, row + "\n" + row.replace("read_invoice", "burn_invoice"))
    assert unclassified(added) - before == {("billing", "burn_invoice")}


def test_what_belongs_to_others_is_not_there() -> None:
    private = {key: rule for key, rule in rules(TEXT).items() if rule.roles != {"public"}}
    assert {key: disclosed for key, rule in private.items() if (disclosed := disclosures(rule))} == {}


def test_an_answer_about_others_is_seen() -> None:
    rule = Rule("invoice", ("ok", "403", "404", "404", "-"), ("404",) * 5, frozenset(), ())
    assert disclosures(rule) == [f"{actor}, other: 403" for actor in FAMILIES]


def test_an_agent_of_another_place_gets_the_answers_of_their_own_column() -> None:
    everywhere, nowhere = ("ok", "ok", "404", "404", "-"), ("404", "404", "404", "404", "-")
    rule = Rule("slot", ("403",) * 5, ("403",) * 5, frozenset({"site", "director"}), everywhere, nowhere)
    assert {name: rule.pattern(name) for name in ("site", "director", "system")} == dict.fromkeys(
        ("site", "director", "system"), everywhere
    )
    assert rule.pattern("other_site") == rule.pattern("operator") == nowhere
    assert set(rule.pattern("finance")) == {"403"}
