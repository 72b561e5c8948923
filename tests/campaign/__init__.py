"""What `make campaign` runs before a release. A package, so that its town of faults ends with the tests of this folder."""
