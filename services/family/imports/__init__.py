"""Imports of files of households: a list of people looked at line by line, then opened household by household."""
