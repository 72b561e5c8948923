"""Where contents are kept, sealed, under names that say nothing: a folder, or a bucket of an object store (S3)."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlparse

from obstore.store import LocalStore, ObjectStore, from_url

FOLDER_SCHEME: Final = "file"
LISTED_AT_ONCE: Final = 1_000


class Blobs:
    """A store by its address: `file:///folder`, or `s3://bucket/prefix`, whose endpoint, region and keys are the usual variables (`AWS_ENDPOINT_URL`,
    `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`)."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opened: ObjectStore | None = None

    @property
    def _store(self) -> ObjectStore:
        """Opened when it is first needed: a process that only publishes events has no use for it."""
        if self._opened is None:
            parts = urlparse(self._address)
            if parts.scheme == FOLDER_SCHEME:
                self._opened = LocalStore(Path(unquote(parts.path)), mkdir=True)
            else:
                self._opened = from_url(self._address)
        return self._opened

    async def put(self, name: str, content: bytes) -> None:
        """Keep a content, durably once this returns."""
        await self._store.put_async(name, content)

    async def get(self, name: str) -> bytes | None:
        """A content; None when it is not there."""
        try:
            answer = await self._store.get_async(name)
        except FileNotFoundError:
            return None
        return bytes(await answer.bytes_async())

    async def delete(self, names: list[str]) -> None:
        """Remove contents; one that is not there is gone already."""
        for name in names:
            try:
                await self._store.delete_async(name)
            except FileNotFoundError:
                continue

    async def listed(self) -> AsyncIterator[list[tuple[str, datetime]]]:
        """The names of all that is kept, with when each was written, some at a time."""
        async for some in self._store.list(chunk_size=LISTED_AT_ONCE):
            yield [(item["path"], item["last_modified"]) for item in some]
