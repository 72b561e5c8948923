"""The public face of every service: the only code that services share about each other."""
