"""The agents' menu: an entry in no group is refused, who sees which groups, and which of them is open around a page."""

import pytest

from portal.agents import AGENTS
from portal.agents.menu import MENU
from portal.frame.menus import flat, marked
from portal.kit import MenuEntry, MenuGroup, Texts
from portal.spaces import AGENT_MENU, agent_menu
from tests.support.roles import Role, agent_of

TEXTS = Texts.load()


def menu_of(*roles: Role, has_registration: bool = True) -> list[MenuEntry | MenuGroup]:
    return list(AGENT_MENU.of(agent_of(*roles).permissions, TEXTS, has_registration=has_registration))


def test_an_entry_stands_in_one_group_and_a_group_names_pages_that_exist() -> None:
    for groups in (MENU[:-1], (*MENU, MENU[-1])):
        with pytest.raises(ValueError, match="not in one group"):
            agent_menu(groups, AGENTS.pages, {})


def test_who_may_do_one_thing_of_a_group_sees_it_without_the_group_and_who_may_do_nothing_sees_neither() -> None:
    assert [entry.label for entry in menu_of()] == ["Tableau de bord"]
    site = menu_of(Role.SITE)
    assert "Pointage" in [entry.label for entry in flat(site)]
    assert all(len(group.entries) > 1 for group in site if isinstance(group, MenuGroup))
    assert [group.label for group in menu_of(*Role) if isinstance(group, MenuGroup)] == [
        "Dossiers",
        "Demandes",
        "Établissements",
        "Finances",
        "Administration",
    ]


def test_requests_for_a_space_are_there_in_towns_alone_that_take_them() -> None:
    for has_registration in (True, False):
        labels = [entry.label for entry in flat(menu_of(Role.DIRECTOR, has_registration=has_registration))]
        assert ("Demandes d’espace" in labels) is has_registration


@pytest.mark.parametrize(
    ("path", "opened", "entry"),
    [
        ("/agents", "Dossiers", "/agents"),
        ("/mon-second-facteur", "Dossiers", None),
        ("/agents/familles/nouvelle", "Dossiers", "/agents/familles"),
        ("/agents/enfants/1/garde", "Dossiers", "/agents/familles"),
        ("/agents/naissances", "Demandes", "/agents/naissances"),
        ("/agents/passages/1", "Établissements", "/agents/ecoles"),
        ("/agents/payeurs", "Finances", "/agents/payeurs"),
    ],
)
def test_the_group_of_the_page_is_open_and_the_first_around_a_page_of_none(
    path: str, opened: str, entry: str | None
) -> None:
    menu = marked(menu_of(*Role), path)
    assert [group.label for group in menu if isinstance(group, MenuGroup) and group.is_open] == [opened]
    assert [own.url for own in flat(menu) if own.is_current or own.is_around] == ([entry] if entry else [])
