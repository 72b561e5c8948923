"""Certificates as whoever asks for them, and whoever is handed one, deals with them."""

import io
import re
from typing import Any

import httpx2
from pypdf import PdfReader

from tests.support.services import RunningService

PRINTED_CODE = re.compile(r"code ((?:[A-Z2-9]{4}-){2}[A-Z2-9]{4})")


async def issue(service: RunningService, headers: dict[str, str], **request: Any) -> httpx2.Response:
    """The answer to whoever asks for a certificate."""
    body = {name: str(value) for name, value in request.items()}
    return await service.client.post("/certificates", json=body, headers=headers)


async def issued(service: RunningService, headers: dict[str, str], **request: Any) -> dict[str, Any]:
    """A certificate that must be issued."""
    answer = await issue(service, headers, **request)
    assert answer.status_code == 200, answer.text
    certificate: dict[str, Any] = answer.json()
    return certificate


async def read(service: RunningService, headers: dict[str, str], certificate: dict[str, Any]) -> httpx2.Response:
    """The answer to whoever downloads one."""
    return await service.client.get(f"/certificates/{certificate['certificate_id']}/pdf", headers=headers)


async def listed(service: RunningService, headers: dict[str, str], **params: Any) -> dict[str, Any]:
    """What can be certified, and what was."""
    answer = await service.client.get("/certificates", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    certificates: dict[str, Any] = answer.json()
    return certificates


async def checked(service: RunningService, number: str, code: str) -> httpx2.Response:
    """The answer to anybody who was handed one."""
    return await service.client.post("/certificates/checks", json={"number": number, "code": code})


def words(pdf: bytes) -> str:
    """What a PDF says, in one line."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.replace("\u00a0", " ").split())


def code_on(pdf: bytes) -> str:
    """The code that is printed on a certificate."""
    match = PRINTED_CODE.search(words(pdf))
    assert match is not None
    return match[1]
