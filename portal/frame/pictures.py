"""What somebody sent, given back as a picture or a file: as a page of its own it may do nothing."""

from typing import Any, Final

from litestar import Response

from contracts.http import File

SANDBOX: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


def served(file: File, disposition: str = "inline") -> Response[Any]:
    """The answer that is such a file."""
    headers = {"Content-Disposition": f'{disposition}; filename="{file.name}"', "Content-Security-Policy": SANDBOX}
    return Response(file.content, media_type=file.media_type, headers=headers)
