"""Importing households from a file: sending it, reading what each line comes to, confirming, following, sending refused lines again."""
