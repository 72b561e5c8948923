"""Inviting many families at once: choosing whom, reading what each line comes to, confirming, following."""
