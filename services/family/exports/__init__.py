"""The whole file of an adult: its parts from every service, made into an archive that is kept for some days."""
