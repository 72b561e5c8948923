"""What somebody sent, given back as a picture or a file: as a page of its own it may do nothing."""

from typing import Any, Final

from litestar import Response

from contracts.http import File

SANDBOX: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


def served(file: File, disposition: str = "inline") -> Response[Any]:
    """The answer that is such a file; nobody keeps it but whoever saves it."""
    headers = {
        "Content-Disposition": f'{disposition}; filename="{file.name}"',
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, no-store",
    }
    return Response(file.content, media_type=file.media_type, headers=headers)
