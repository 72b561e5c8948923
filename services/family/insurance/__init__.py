"""Who insures a child, for which school year, and whether that is proven."""
