"""The life of a file: split in two, put aside and taken up again, and the lists of what files lack."""
