"""The sheet of a day: who came."""
