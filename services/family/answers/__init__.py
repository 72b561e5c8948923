"""Answers: which questions a procedure asks by what was answered before, and whether each is answered as it must be."""
