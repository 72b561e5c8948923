"""Who insures a child, entered by an agent for its family."""

from portal.frame.insurance import insurance_pages

PAGES = insurance_pages("/agents/enfants", "/garde", is_town=True)
