"""`python -m deploy.local [up|reset]`: what `make up` and `make reset` run; `exec <process> <command> ...` runs a command with the
variables of one of the portal's processes."""

import sys

from .up import main

sys.exit(main(sys.argv[1:]))
