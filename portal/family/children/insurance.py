"""Who insures a child: the form of its family, for each school year."""

from portal.family.children.pages import PATH
from portal.frame.insurance import insurance_pages

PAGES = insurance_pages(PATH, is_town=False)
