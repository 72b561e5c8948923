"""An adult whom no file names at present: what is theirs all the same, and files that were put aside."""
