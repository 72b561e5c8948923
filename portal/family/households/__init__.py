"""The files of an adult who belongs to several households."""
