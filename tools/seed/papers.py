"""Documents that families of a plan sent, and what was decided of them."""

import io
from base64 import b64encode
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from PIL import Image, ImageDraw

from .calls import Calls
from .people import People
from .plan import Days, DocumentPlan, HouseholdPlan

PAGE = (620, 877)
"""An A4 page at 75 dots an inch."""
MARKED_BEFORE = timedelta(days=20)


class Papers:
    """The documents of the households of a plan. One whose kind the household sent already is left as it is."""

    def __init__(self, calls: Calls, days: Days, people: People) -> None:
        self._calls = calls
        self._days = days
        self._people = people

    async def send(self, plan: HouseholdPlan) -> None:
        """Every document of a household."""
        if not plan.documents:
            return
        guardian_id = str(self._people.opened[plan.key]["payer_adult_id"])
        own = await self._calls.send("family", "GET", "/me/documents", guardian_id=guardian_id)
        known = {item["kind"]["code"] for item in own["items"] if item["status"] != "draft"}
        for document in plan.documents:
            if document.kind not in known:
                await self._send(plan, document, guardian_id)

    async def _send(self, plan: HouseholdPlan, document: DocumentPlan, guardian_id: str) -> None:
        calls = self._calls
        key = f"seed-document-{plan.key}-{document.kind}"
        begun = await calls.send(
            "family", "POST", "/documents", {"kind": document.kind}, key=key, guardian_id=guardian_id
        )
        path = f"/documents/{begun['document_id']}"
        page = {"content": b64encode(_page(begun["kind"]["label"], plan)).decode()}
        await calls.send("family", "PUT", f"{path}/pages/{uuid5(NAMESPACE_URL, key)}", page, guardian_id=guardian_id)
        marked_on = (self._days.today - MARKED_BEFORE).isoformat()
        await calls.send("family", "POST", f"{path}/sending", {"marked_on": marked_on}, guardian_id=guardian_id)
        if document.refused_for is not None:
            body = {"is_valid": False, "reason": document.refused_for, "words": document.words}
            await calls.send("family", "POST", f"{path}/decision", body)


def _page(title: str, plan: HouseholdPlan) -> bytes:
    """A made up document as somebody photographs it: its title, whose it is, and lines."""
    image = Image.new("RGB", PAGE, "white")
    drawing = ImageDraw.Draw(image)
    drawing.text((60, 70), title, fill="black", font_size=26)
    drawing.text((60, 120), f"{plan.guardian['first_name']} {plan.guardian['last_name']}", fill="black", font_size=18)
    for top in range(190, 760, 26):
        drawing.line((60, top, 560 - top % 97, top), fill="lightgrey", width=8)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()
