"""Children whom a parent entrusted to whoever visits, who may have no family here: their calendar, and its end."""
