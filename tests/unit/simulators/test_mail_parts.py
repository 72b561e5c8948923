"""The parts of the mail catcher that read what strangers wrote: decoding, links, and the size of the mailbox."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from simulators.mail.app import linked
from simulators.mail.decoding import decode, decode_summary
from simulators.mail.mailbox import Mailbox

# Pieces that mails are made of, and that break parsers when they stand in the wrong place.
PIECES = [
    b"From: =?utf-8?q?=C3=89?= <a@b>",
    b"Subject: ",
    b"=?x?b?//?=",
    b"Content-Type: multipart/mixed; boundary=x",
    b"Content-Type: text/plain; charset=",
    b"Content-Type: text/html",
    b"Content-Disposition: attachment; filename*0*=x''%zz",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: uuencode",
    b"To: <a@,,(",
    b"--x",
    b"--x--",
    b"\r\n",
    b"\r\n\r\n",
    b"\xff\xe9",
    b"\x00",
    b"begin 6 ",
]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=20).map(b"".join))
def test_whatever_a_sender_wrote_is_readable(raw: bytes) -> None:
    content = decode(raw)
    texts = [content.subject, content.sender, content.text, content.html, *content.headers, *content.headers.values()]
    texts += [attachment.filename for attachment in content.attachments]
    assert all(text.encode("utf-8").decode("utf-8") == text for text in texts)
    assert (content.subject, content.sender) == decode_summary(raw)


@given(
    st.text(max_size=60).map(lambda text: text.replace("\r", ""))
    | st.sampled_from(['http://a/"><script>', "https://b/<i>"])
)
def test_a_text_with_links_shows_the_same_text_and_nothing_else(text: str) -> None:
    fragment = html.fragment_fromstring(f"<pre>.{linked(_printable(text))}</pre>")
    assert fragment.text_content() == f".{_printable(text)}"
    assert {child.tag for child in fragment.iterdescendants()} <= {"a"}


def _printable(text: str) -> str:
    """HTML has no way to write control characters."""
    return "".join(character for character in text if character.isprintable() or character == "\n")


def test_the_end_of_a_sentence_is_no_part_of_the_address() -> None:
    links = html.fragment_fromstring(f"<pre>{linked('Voir (http://a.fr/b?c=1&d=2). Ou https://e.fr/f, merci')}</pre>")
    assert links.xpath("//a/@href") == ["http://a.fr/b?c=1&d=2", "https://e.fr/f"]


def test_the_oldest_messages_leave_first(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, messages_max=3)
    ids = [mailbox.add("a@b.fr", ["c@d.fr"], b"Subject: %d\r\n\r\n" % number) for number in range(5)]
    assert [summary.id for summary in mailbox.list()] == ids[:1:-1]
    assert len(list(tmp_path.iterdir())) == 3
    assert [summary.id for summary in Mailbox(tmp_path, messages_max=2).list()] == ids[:2:-1]


def test_an_unfinished_message_is_not_one(tmp_path: Path) -> None:
    (tmp_path / "1234567890123456-00000000.part").write_bytes(b"X-Catcher-Envelope: {")
    assert Mailbox(tmp_path).list() == []
    assert list(tmp_path.iterdir()) == []


def test_order_holds_when_the_clock_goes_back(tmp_path: Path) -> None:
    future = "5000000000000000-00000000"
    envelope = b'X-Catcher-Envelope: {"from": "a", "to": [], "received_at": "2128-06-11T08:53:20+00:00"}\r\n'
    (tmp_path / f"{future}.eml").write_bytes(envelope + b"Subject: before\r\n\r\n")
    mailbox = Mailbox(tmp_path)
    later = mailbox.add("a@b.fr", ["c@d.fr"], b"Subject: after\r\n\r\n")
    assert [summary.id for summary in mailbox.list()] == [later, future]
    assert [summary.id for summary in Mailbox(tmp_path).list()] == [later, future]
