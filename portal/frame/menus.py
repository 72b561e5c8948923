"""The agents' menu: entries in groups that fold, of which an agent sees those of their permissions; and where in a menu a page stands."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from portal.kit import MenuEntry, MenuGroup, Texts

Menu = Sequence[MenuEntry | MenuGroup]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the agents' menu: the key of its word, its icon, and the keys of its entries in their order."""

    key: str
    icon: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """An entry of the agents' menu: the key of its label, its page, its icon, the permissions each of which opens it (none: it is for all), whether it is
    there in towns alone where people ask for a space, and the addresses elsewhere whose pages belong to it."""

    key: str
    url: str
    icon: str
    permissions: frozenset[str] = frozenset()
    is_of_registration: bool = False
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentMenu:
    """What stands in the agents' menu, whoever looks: its groups with their entries; those without a word stand alone."""

    groups: Sequence[tuple[Group, Sequence[AgentEntry]]] = ()

    def of(self, permissions: Collection[str], texts: Texts, *, has_registration: bool) -> Menu:
        """The menu of an agent with these permissions. A group of one entry is that entry, and one of none is not there."""
        menu: list[MenuEntry | MenuGroup] = []
        for group, entries in self.groups:
            own = [
                MenuEntry(texts(entry.key), entry.url, icon=entry.icon, around=entry.around)
                for entry in entries
                if (not entry.permissions or not entry.permissions.isdisjoint(permissions))
                and (has_registration or not entry.is_of_registration)
            ]
            if group.key and len(own) > 1:
                menu.append(MenuGroup(texts(group.key), group.icon, own))
            else:
                menu.extend(own)
        return menu


def flat(menu: Menu) -> Iterator[MenuEntry]:
    """The entries of a menu, in groups and alone."""
    for entry in menu:
        if isinstance(entry, MenuGroup):
            yield from entry.entries
        else:
            yield entry


def marked(menu: Menu, path: str) -> list[MenuEntry | MenuGroup]:
    """A menu that says where a page stands. The group around it is open; around a page that is in no group, the first one is."""
    entries = list(flat(menu))
    groups = [entry for entry in menu if isinstance(entry, MenuGroup)]

    def mark(entry: MenuEntry) -> MenuEntry:
        return replace(entry, is_current=path == entry.url, is_around=_is_around(entry, path, entries))

    def fold(group: MenuGroup) -> MenuGroup:
        own = [mark(entry) for entry in group.entries]
        return replace(group, entries=own, is_open=any(entry.is_current or entry.is_around for entry in own))

    shown = [fold(entry) if isinstance(entry, MenuGroup) else mark(entry) for entry in menu]
    if groups and not any(isinstance(entry, MenuGroup) and entry.is_open for entry in shown):
        first = menu.index(groups[0])
        shown[first] = replace(groups[0], is_open=True)
    return shown


def _is_around(entry: MenuEntry, path: str, entries: Sequence[MenuEntry]) -> bool:
    """Whether a page stands below an entry's own, and the entry is no home page, below which everything stands."""
    is_home = any(other.url.startswith(f"{entry.url.rstrip('/')}/") for other in entries)
    return not is_home and any(path.startswith(f"{url}/") for url in (entry.url, *entry.around))
