"""What the family service answers about requests."""

from uuid import UUID

from contracts.family.document_words import KindCode
from contracts.family.permissions import FamilyPermission
from contracts.family.procedure_words import Code
from contracts.family.request_words import RefusalGround, RequestNumber, RequestStatus
from contracts.family.requests import (
    BegunRequest,
    DraftEditor,
    DraftHold,
    OwnRequests,
    PaperCheck,
    PaperRequest,
    PieceChoice,
    Request,
    RequestCreate,
    RequestDecision,
    RequestLine,
    RequestMessageCreate,
    RequestTaking,
    StepAnswers,
    WrittenMessage,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.operation import agents, delete, families, get, post, put


@get("/me/requests", families())
async def own_requests(household_id: UUID | None = None) -> OwnRequests:
    """The requests of a household, and its drafts."""


@post("/requests", families(), is_keyed=True, is_noted=False, status=201)
async def begin_request(body: RequestCreate) -> BegunRequest:
    """Begin a request, or go on with the draft of the same that whoever asks may see."""


@post("/paper-request-checks", agents(FamilyPermission.DECIDE_REQUESTS), is_noted=False, is_repeatable=True)
async def check_paper_request(body: PaperRequest) -> PaperCheck:
    """Read what was typed of a paper without keeping it: what it asks, and what it lacks."""


@post("/paper-requests", agents(FamilyPermission.DECIDE_REQUESTS), is_keyed=True, status=201)
async def enter_paper_request(body: PaperRequest) -> BegunRequest:
    """Send what an adult asks on paper: it has its number, receipt and place in the queue as one that is sent online."""


@put("/requests/{request_id}/steps/{step}", families(), is_noted=False)
async def keep_step(request_id: UUID, step: int, body: StepAnswers) -> Request:
    """Keep what was typed on a page of a draft, counted from 1; the answer says what is wrong with it. What was kept since the page was shown, from elsewhere, is not
    written over unread."""


@post("/requests/{request_id}/renewal", families(), is_noted=False, is_repeatable=True)
async def renew_draft(request_id: UUID) -> Request:
    """Go on with a draft by the newest version of its procedure: answers to questions that are the same in both come along."""


@put("/requests/{request_id}/editor", families(), is_noted=False)
async def hold_draft(request_id: UUID, body: DraftHold) -> DraftEditor:
    """Fill a draft in for some minutes, and again with each press; where another adult does, hear who and since when, or take it over. Whoever does not may still
    save: which showing of a page was kept decides."""


@delete("/requests/{request_id}/editor", families(), is_noted=False)
async def leave_draft(request_id: UUID) -> None:
    """Leave a draft to others before its time is over; another adult's turn stays theirs."""


@put("/requests/{request_id}/pieces/{kind}", families(), is_noted=False)
async def give_piece(request_id: UUID, kind: KindCode, body: PieceChoice) -> Request:
    """Give a document of the household for a piece of a draft, or of a request that more is asked of."""


@delete("/requests/{request_id}/pieces/{kind}", families(), is_noted=False)
async def take_piece_back(request_id: UUID, kind: KindCode) -> None:
    """Take a document back from a draft; it stays in the file."""


@post("/requests/{request_id}/sending", families(), is_repeatable=True)
async def send_request(request_id: UUID) -> Request:
    """Send a request; one that was sent already stays as it is."""


@post("/requests/{request_id}/withdrawal", families(), is_repeatable=True)
async def withdraw_request(request_id: UUID) -> Request:
    """Take back a request that is not decided."""


@delete("/requests/{request_id}", families(), is_noted=False)
async def discard_request(request_id: UUID) -> None:
    """Throw a draft away."""


@get("/requests/{request_id}", families(FamilyPermission.READ_REQUESTS))
async def read_request(request_id: UUID) -> Request:
    """A request. Agents see what was sent."""


@get("/requests", agents(FamilyPermission.READ_REQUESTS))
async def list_requests(
    status: RequestStatus | None = None,
    code: Code | None = None,
    household_id: UUID | None = None,
    owner_id: UUID | None = None,
    is_open: bool = False,
    number: RequestNumber | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[RequestLine]:
    """Requests that were sent, the oldest first: those of a state, a procedure, a household or an agent, all that are not settled, or the one of a number; a request
    whose task is to be done is open until it is."""


@get("/refusal-grounds", agents(FamilyPermission.READ_REQUESTS))
async def refusal_grounds() -> Page[RefusalGround]:
    """The grounds of refusals that count today, of the town's library."""


@post("/requests/{request_id}/taking", agents(FamilyPermission.DECIDE_REQUESTS), is_repeatable=True)
async def take_request(request_id: UUID, body: RequestTaking) -> Request:
    """Take a request, which its family then sees under review."""


@post("/requests/{request_id}/decision", agents(FamilyPermission.DECIDE_REQUESTS), is_repeatable=True)
async def decide_request(request_id: UUID, body: RequestDecision) -> Request:
    """Accept a request, refuse it, or ask its family for more; the same decision again changes nothing."""


@post("/requests/{request_id}/task", agents(FamilyPermission.DECIDE_REQUESTS), is_repeatable=True)
async def finish_request_task(request_id: UUID) -> Request:
    """Say that the task of an accepted request is done."""


@post("/requests/{request_id}/messages", families(FamilyPermission.DECIDE_REQUESTS), is_keyed=True, status=201)
async def write_message(request_id: UUID, body: RequestMessageCreate) -> WrittenMessage:
    """Write to the service, or to the family. What a family writes that was asked for more completes its request."""
