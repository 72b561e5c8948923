"""The pages of the mail catcher, its JSON interface and its fault switch, wired to the SMTP server in one process."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Litestar, MediaType, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Redirect
from markupsafe import Markup, escape

from simulators.serving import Pages, build_app

from .mailbox import MESSAGES_MAX, Mail, Mailbox
from .settings import MailSettings
from .smtp import Catcher, Faults, SmtpServer

PAGE_SIZE = 50
BODY_BYTES_MAX = 64 * 1024
JSON_MESSAGES_DEFAULT = 500
URL_IN_TEXT = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")

# The HTML of a mail comes from elsewhere: it runs nothing, loads nothing, posts nothing; a link opens in a new tab.
MAIL_HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; frame-ancestors 'self'"
)

Limit = Annotated[int, QueryParameter(ge=1, le=MESSAGES_MAX)]
PageNumber = Annotated[int, QueryParameter(ge=1, le=MESSAGES_MAX)]


@get("/api/messages", sync_to_thread=True)
def api_list(
    mailbox: NamedDependency[Mailbox], to: FromQuery[str] = "", limit: Limit = JSON_MESSAGES_DEFAULT
) -> list[dict[str, Any]]:
    """The newest messages, newest first; `to` keeps those received by exactly that address."""
    mails = (mailbox.find(summary.id) for summary in mailbox.list(to)[:limit])
    return [mail.as_json() for mail in mails if mail]


@get("/api/messages/{mail_id:str}", sync_to_thread=True)
def api_show(mailbox: NamedDependency[Mailbox], mail_id: FromPath[str]) -> dict[str, Any]:
    """One message; 404 when there is none."""
    return _found(mailbox, mail_id).as_json()


@delete("/api/messages", status_code=200)
async def api_clear(mailbox: NamedDependency[Mailbox]) -> dict[str, int]:
    """Forget every message."""
    return {"deleted": mailbox.clear()}


@get("/api/faults")
async def api_faults(catcher: NamedDependency[Catcher]) -> Faults:
    """The fault mode in force."""
    return catcher.faults


@post("/api/faults", status_code=200)
async def api_set_faults(data: JSONBody[Faults], smtp_server: NamedDependency[SmtpServer]) -> Faults:
    """Change the fault mode; it ends with the process."""
    await smtp_server.apply(data)
    return data


@get("/", sync_to_thread=True)
def list_page(
    mailbox: NamedDependency[Mailbox], pages: NamedDependency[Pages], to: FromQuery[str] = "", page: PageNumber = 1
) -> Response[str]:
    """The mails, newest first, fifty a page; `to` is any part of a recipient's address."""
    summaries = mailbox.list(to, exact=False)
    last_page = max(1, -(-len(summaries) // PAGE_SIZE))
    number = min(page, last_page)
    return pages.answer(
        "list.html",
        {
            "mails": summaries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            "count": len(summaries),
            "to": to,
            "newer": f"/?{urlencode({'to': to, 'page': number - 1})}" if number > 1 else None,
            "older": f"/?{urlencode({'to': to, 'page': number + 1})}" if number < last_page else None,
        },
    )


@post("/clear", status_code=303)
async def clear_page(mailbox: NamedDependency[Mailbox]) -> Redirect:
    """The button that empties the mailbox."""
    mailbox.clear()
    return Redirect("/", status_code=303)


@get("/messages/{mail_id:str}", sync_to_thread=True)
def mail_page(
    mailbox: NamedDependency[Mailbox], pages: NamedDependency[Pages], mail_id: FromPath[str]
) -> Response[str]:
    """One mail: its text, its HTML in a frame of its own, its headers and its attached files."""
    mail = mailbox.find(mail_id)
    if mail is None:
        return pages.answer("missing.html", {}, status_code=404)
    return pages.answer("mail.html", {"mail": mail.summary, "content": mail.content})


@get("/messages/{mail_id:str}/html", sync_to_thread=True)
def mail_html(mailbox: NamedDependency[Mailbox], mail_id: FromPath[str]) -> Response[str]:
    """The HTML body alone, for the frame."""
    html = _found(mailbox, mail_id).content.html
    return Response(
        f'<base target="_blank">{html}',
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": MAIL_HTML_POLICY},
    )


@get("/messages/{mail_id:str}/source", sync_to_thread=True)
def mail_source(mailbox: NamedDependency[Mailbox], mail_id: FromPath[str]) -> Response[bytes]:
    """The message exactly as it came."""
    source = mailbox.source(mail_id)
    if source is None:
        raise NotFoundException
    return Response(source, media_type=MediaType.TEXT)


@get("/messages/{mail_id:str}/attachments/{position:int}", sync_to_thread=True)
def mail_attachment(
    mailbox: NamedDependency[Mailbox], mail_id: FromPath[str], position: FromPath[int]
) -> Response[bytes]:
    """One attached file, always as a download: it is never shown inside our own site."""
    files = _found(mailbox, mail_id).content.attachments
    if not 0 <= position < len(files):
        raise NotFoundException
    name = files[position].filename
    plain_name = name.encode("ascii", "replace").decode().replace("?", "_")
    encoded_name = urlencode({"": name}, encoding="utf-8").removeprefix("=").replace("+", "%20")
    return Response(
        files[position].content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{encoded_name}"},
    )


def _found(mailbox: Mailbox, mail_id: str) -> Mail:
    mail = mailbox.find(mail_id)
    if mail is None:
        raise NotFoundException(detail="no such message")
    return mail


def linked(text: str) -> Markup:
    """A text made safe for a page, with its web addresses as links."""
    parts: list[Markup] = []
    position = 0
    for match in URL_IN_TEXT.finditer(text):
        parts += [escape(text[position : match.start()]), _link(match.group())]
        position = match.end()
    return Markup("").join([*parts, escape(text[position:])])


def _link(url: str) -> Markup:
    return Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(url)


def create_app(settings: MailSettings) -> Litestar:
    """The whole catcher; the SMTP port opens with the application and closes with it."""
    mailbox = Mailbox(settings.state_dir)
    catcher = Catcher(mailbox)
    smtp_server = SmtpServer(settings.smtp_host, settings.smtp_port, catcher)
    pages = Pages(Path(__file__).parent / "templates")
    pages.add_filter("linked", linked)

    @asynccontextmanager
    async def receiving(_app: Litestar) -> AsyncIterator[None]:
        await smtp_server.open()
        yield
        await smtp_server.close()

    return build_app(
        [
            api_list,
            api_show,
            api_clear,
            api_faults,
            api_set_faults,
            list_page,
            clear_page,
            mail_page,
            mail_html,
            mail_source,
            mail_attachment,
        ],
        {"mailbox": mailbox, "catcher": catcher, "smtp_server": smtp_server, "pages": pages},
        body_bytes_max=BODY_BYTES_MAX,
        lifespan=receiving,
    )
