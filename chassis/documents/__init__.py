"""Papers as PDF: how they are set, and those that are numbered, kept as they were issued and checked by whoever is shown one."""
