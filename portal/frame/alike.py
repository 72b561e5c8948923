"""How children of the same name are told apart, wherever they stand in one list: by the birth date, and by the class."""

from datetime import date

from portal.kit.formats import date_short
from portal.kit.wording import Texts


def told_apart(texts: Texts, birth_on: date | None, class_label: str | None = None) -> str:
    """What stands behind a child's name, ` (naissance le 02/03/2018, CE1 A)`, as far as it is known or needed; nothing when neither is."""
    marks = [texts("alike.born", day=date_short(birth_on))] if birth_on else []
    marks += [class_label] if class_label else []
    return texts("alike.marks", marks=texts("kit.comma").join(marks)) if marks else ""
