"""Files of organizations: professionals and associations, which have no children and no family quotient."""
