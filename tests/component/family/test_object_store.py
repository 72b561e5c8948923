"""Contents in a bucket: the same as in a folder, over the interface of S3 as a server of another make speaks it."""

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from services.family.adapters.blobs import Blobs

pytestmark = pytest.mark.anyio

BUCKET = "papers"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An object store with a bucket, and the usual variables that lead there."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "eu-west-3",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=address, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    yield address
    server.stop()


async def test_contents_are_kept_read_listed_and_removed(endpoint: str) -> None:
    blobs, others = Blobs(f"s3://{BUCKET}/valmont"), Blobs(f"s3://{BUCKET}/vieux-port")
    await others.put("a", b"of another town")
    for name in ("a", "b", "c"):
        await blobs.put(name, name.encode() * 1000)
    await blobs.put("b", b"written again")
    assert await blobs.get("a") == b"a" * 1000
    assert await blobs.get("b") == b"written again"
    assert await blobs.get("never") is None
    await blobs.delete(["a", "a", "never"])
    assert await blobs.get("a") is None
    assert sorted([name async for some in blobs.listed() for name, _ in some]) == ["b", "c"]
    assert await others.get("a") == b"of another town"
