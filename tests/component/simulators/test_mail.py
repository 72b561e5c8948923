"""The mail catcher as its users meet it: mails sent by SMTP, read on the pages and by JSON, kept across restarts, refused on demand."""

import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from lxml import html

from tests.component.simulators.running import Simulator
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

LINK = "http://localhost:8000/activation/a-b_c?x=1&y=2"


def message(subject: str = "Votre espace est créé – à lire", **headers: str) -> EmailMessage:
    """A mail in French with a text, an HTML version and an attached file."""
    mail = EmailMessage()
    mail["From"] = "Ville de Démoville <nepasrepondre@demoville.example>"
    mail["To"] = "Élodie Martin <elodie@example.org>"
    mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"Bonjour Élodie,\n\nActivez votre espace : {LINK}.\n\nÀ bientôt", cte="quoted-printable")
    mail.add_alternative(f'<h1>Bonjour Élodie</h1><p><a href="{LINK}">Activer</a></p>', subtype="html", cte="base64")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="reçu n°1.pdf")
    return mail


async def send(mail: Simulator, content: EmailMessage | bytes, *recipients: str) -> None:
    """Send to these recipients, or to the message's own."""
    port = int(mail.environment["SMTP_PORT"])
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, timeout=10, use_tls=False, start_tls=False) as client:
        sender = "nepasrepondre@demoville.example"
        if isinstance(content, bytes):
            await client.sendmail(sender, list(recipients), content)
        else:
            await client.send_message(content, recipients=list(recipients) or None)


async def messages(mail: Simulator, **query: str) -> list[dict[str, Any]]:
    answer = await mail.http.get("/api/messages", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


async def test_a_mail_is_decoded(mail: Simulator) -> None:
    await send(mail, message(X_Town="Démoville"))
    (received,) = await messages(mail)
    assert received["from"] == "Ville de Démoville <nepasrepondre@demoville.example>"
    assert received["to"] == ["elodie@example.org"]
    assert received["subject"] == "Votre espace est créé – à lire"
    assert received["text"] == f"Bonjour Élodie,\n\nActivez votre espace : {LINK}.\n\nÀ bientôt\n"
    assert "<h1>Bonjour Élodie</h1>" in received["html"]
    assert received["headers"]["X-Town"] == "Démoville"
    assert received["headers"]["To"] == "Élodie Martin <elodie@example.org>"
    assert received["attachments"] == [{"filename": "reçu n°1.pdf", "content_type": "application/pdf", "size_bytes": 8}]
    assert (await mail.http.get(f"/api/messages/{received['id']}")).json() == received


async def test_a_latin_mail_and_raw_utf8_headers_are_readable(mail: Simulator) -> None:
    head = "From: a@example.org\r\nSubject: Été\r\nContent-Type: text/plain; charset={}\r\n\r\n"
    await send(mail, head.format("iso-8859-15").encode() + "5 € à Noël".encode("iso-8859-15"), "b@example.org")
    await send(mail, head.format("unknown-8").encode() + "Noël".encode("latin-1"), "b@example.org")
    assert [(letter["subject"], letter["text"].strip()) for letter in await messages(mail)] == [
        ("Été", "Noël"),
        ("Été", "5 € à Noël"),
    ]


async def test_the_newest_comes_first_and_the_recipient_filters(mail: Simulator) -> None:
    for subject, recipient in [("1", "a@example.org"), ("2", "b@example.org"), ("3", "A@Example.org")]:
        await send(mail, message(subject), recipient)
    assert [letter["subject"] for letter in await messages(mail)] == ["3", "2", "1"]
    assert [letter["subject"] for letter in await messages(mail, to="a@EXAMPLE.org")] == ["3", "1"]
    assert await messages(mail, to="example.org") == []
    assert [letter["subject"] for letter in await messages(mail, limit="1")] == ["3"]


async def test_hidden_recipients_are_found(mail: Simulator) -> None:
    await send(mail, message(), "elodie@example.org", "hidden@example.org")
    (received,) = await messages(mail, to="hidden@example.org")
    assert received["to"] == ["elodie@example.org", "hidden@example.org"]


async def test_a_mail_cannot_forge_its_envelope(mail: Simulator) -> None:
    forged = (
        b'X-Catcher-Envelope: {"from": "x", "to": ["victim@example.org"], "received_at": "2020-01-01"}\r\n\r\nhello'
    )
    await send(mail, forged, "real@example.org")
    (received,) = await messages(mail)
    assert received["to"] == ["real@example.org"]
    assert await messages(mail, to="victim@example.org") == []


async def test_mails_survive_a_kill_and_a_stop(mail: Simulator) -> None:
    await send(mail, message("1"))
    mail.kill()
    await mail.start()
    await send(mail, message("2"))
    before = await messages(mail)
    assert [letter["subject"] for letter in before] == ["2", "1"]
    assert mail.stop() == 0
    await mail.start()
    assert await messages(mail) == before


async def test_unknown_files_in_the_directory_are_left_alone(mail: Simulator) -> None:
    await send(mail, message("1"))
    folder = Path(mail.environment["STATE_DIR"])
    foreign = [folder / "note.eml", folder / "1234567890123456-00000000.eml"]
    for path in foreign:
        path.write_bytes(b"X-Catcher-Envelope: {}\r\n")
    mail.kill()
    await mail.start()
    assert [letter["subject"] for letter in await messages(mail)] == ["1"]
    assert all(path.exists() for path in foreign)
    for path in foreign:
        path.unlink()


async def test_the_mailbox_can_be_emptied(mail: Simulator) -> None:
    await send(mail, message())
    (received,) = await messages(mail)
    assert (await mail.http.delete("/api/messages")).json() == {"deleted": 1}
    assert await messages(mail) == []
    assert (await mail.http.get(f"/api/messages/{received['id']}")).status_code == 404
    assert (await mail.http.get(f"/messages/{received['id']}")).status_code == 404
    mail.kill()
    await mail.start()
    assert await messages(mail) == []


@pytest.mark.parametrize(("mode", "code"), [("reject_450", 450), ("reject_550", 550)])
async def test_recipients_can_be_refused(mail: Simulator, mode: str, code: int) -> None:
    await mail.http.post("/api/faults", json={"mode": mode})
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(mail, message())
    assert [error.code for error in refused.value.recipients] == [code]
    await mail.http.post("/api/faults", json={"mode": "ok"})
    await send(mail, message("after"))
    assert [letter["subject"] for letter in await messages(mail)] == ["after"]


async def test_the_server_can_be_down_and_come_back(mail: Simulator) -> None:
    port = int(mail.environment["SMTP_PORT"])
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as open_before:
        open_before.ehlo()
        await mail.http.post("/api/faults", json={"mode": "down"})
        with pytest.raises(smtplib.SMTPServerDisconnected):
            open_before.noop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(mail, message())
    assert (await mail.http.get("/health/ready")).status_code == 200
    await mail.http.post("/api/faults", json={"mode": "ok"})
    await send(mail, message())
    assert len(await messages(mail)) == 1


async def test_a_slow_server_takes_the_mail_late(mail: Simulator) -> None:
    await mail.http.post("/api/faults", json={"mode": "slow", "seconds": 30})
    port = int(mail.environment["SMTP_PORT"])
    with pytest.raises(aiosmtplib.SMTPTimeoutError):
        await aiosmtplib.send(message(), hostname="127.0.0.1", port=port, timeout=0.5, start_tls=False)
    assert await messages(mail) == []
    await mail.http.post("/api/faults", json={"mode": "slow", "seconds": 0.2})
    await send(mail, message())
    assert len(await messages(mail)) == 1


async def test_a_wrong_fault_mode_is_refused(mail: Simulator) -> None:
    for body in ({"mode": "explode"}, {"mode": "ok", "surprise": 1}, {}):
        assert (await mail.http.post("/api/faults", json=body)).status_code == 400
    assert (await mail.http.get("/api/faults")).json()["mode"] == "ok"


async def test_a_message_over_ten_megabytes_is_refused(mail: Simulator) -> None:
    line = b"x" * 98 + b"\r\n"
    await send(mail, b"Subject: big\r\n\r\n" + line * 100_000, "a@example.org")
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await send(mail, b"Subject: too big\r\n\r\n" + line * 105_000, "a@example.org")
    assert refused.value.code == 552
    assert [letter["subject"] for letter in await messages(mail)] == ["big"]


async def test_the_list_page_finds_by_recipient_and_pages(mail: Simulator) -> None:
    for number in range(51):
        await send(mail, message(str(number)), f"parent{number}@example.org")
    page = html.fromstring((await mail.http.get("/")).text)
    assert page.xpath("//ul[@class='mails']/li/a/strong/text()") == [str(number) for number in range(50, 0, -1)]
    (older,) = page.xpath("//nav[@class='pages']/a/@href")
    assert html.fromstring((await mail.http.get(older)).text).xpath("//li/a/strong/text()") == ["0"]
    results = html.fromstring((await mail.http.get("/", params={"to": "PARENT7@"})).text)
    assert results.xpath("//li/a/strong/text()") == ["7"]


async def test_the_mail_page_shows_text_links_and_files(mail: Simulator) -> None:
    await send(mail, message())
    (received,) = await messages(mail)
    page = html.fromstring((await mail.http.get(f"/messages/{received['id']}")).text)
    assert page.findtext(".//h1") == "Votre espace est créé – à lire"
    assert page.xpath("//pre/a/@href") == [LINK]
    (frame,) = page.xpath("//iframe")
    assert "allow-scripts" not in frame.get("sandbox")
    assert "allow-same-origin" not in frame.get("sandbox")
    framed = await mail.http.get(frame.get("src"))
    assert html.fromstring(framed.text).xpath("//a/@href") == [LINK]
    (file,) = page.xpath("//ul/li/a")
    download = await mail.http.get(file.get("href"))
    assert (file.text, download.content) == ("reçu n°1.pdf", b"%PDF-1.7")
    assert download.headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''re%C3%A7u%20n%C2%B01.pdf" in download.headers["content-disposition"]
    source = await mail.http.get(f"/messages/{received['id']}/source")
    assert source.headers["content-type"].startswith("text/plain")
    assert b"X-Catcher-Envelope" not in source.content


async def test_a_hostile_mail_runs_nothing(mail: Simulator) -> None:
    hostile = EmailMessage()
    hostile["Subject"] = "<script>alert(1)</script>"
    hostile["From"] = '"<img src=x>" <a@example.org>'
    hostile.set_content('<script>alert(1)</script> http://x/"onmouseover="alert(1)')
    hostile.add_alternative("<script>alert(1)</script><img src='http://tracker.example/p.gif'>", subtype="html")
    hostile.add_attachment(b"<script>", maintype="text", subtype="html", filename='a".html')
    await send(mail, hostile, "b@example.org")
    (received,) = await messages(mail)
    for address in ("/", f"/messages/{received['id']}"):
        answer = await mail.http.get(address)
        page = html.fromstring(answer.text)
        assert page.xpath("//script | //img | //@onmouseover") == []
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
    framed = await mail.http.get(f"/messages/{received['id']}/html")
    policy = framed.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    file = await mail.http.get(f"/messages/{received['id']}/attachments/0")
    assert file.headers["content-type"] == "application/octet-stream"
    assert (await mail.http.get(f"/messages/{received['id']}/attachments/1")).status_code == 404


@pytest.mark.parametrize("path", ["..%2F..%2Fetc%2Fpasswd", "unknown", "0000000000000000-00000000"])
async def test_an_unknown_mail_is_404(mail: Simulator, path: str) -> None:
    for address in (f"/messages/{path}", f"/messages/{path}/html", f"/messages/{path}/source", f"/api/messages/{path}"):
        assert (await mail.http.get(address)).status_code == 404


async def test_the_button_empties_the_mailbox(mail: Simulator) -> None:
    await send(mail, message())
    answer = await mail.http.post("/clear")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Aucun courriel pour le moment." in (await mail.http.get("/")).text


async def test_the_log_names_nobody(mail: Simulator) -> None:
    await send(mail, message(), "canary@example.org")
    assert mail.stop() == 0
    await eventually(lambda: "Finished server process" in mail.log.read_text())
    assert "canary" not in mail.log.read_text()
    await mail.start()
