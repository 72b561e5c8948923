"""Cross-cutting mechanics that every service stands on; no business word is spoken here."""

import sys

# structlog loads Rich wherever it is installed, for tracebacks in colour that nobody reads here: 5 MB and a tenth of a second for each
# process. Rich stays importable for who asks for it.
_is_hidden = "rich" not in sys.modules
if _is_hidden:
    sys.modules["rich"] = None  # type: ignore[assignment]  # to the import system: there is none
try:
    import structlog as structlog
finally:
    if _is_hidden:
        del sys.modules["rich"]
