"""`python -m deploy.local [up|reset]`: what `make up` and `make reset` run."""

import sys

from .up import main

sys.exit(main(sys.argv[1:]))
