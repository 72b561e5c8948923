"""What travels about requests: what a family types and sends, what agents decide, and what each reads."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.document_words import DocumentStatus, KindCode
from contracts.family.procedure_words import ROWS_MAX, Code, KnownFact, Procedure
from contracts.family.request_words import RequestAnswer, RequestMove, RequestStatus, Words
from contracts.http import TEXT, Day, Email

ANSWER_MAX: Final = 5000
MESSAGE_PIECES_MAX: Final = 5

Typed = Annotated[str, StringConstraints(max_length=ANSWER_MAX, pattern=TEXT)]
Chosen = Annotated[tuple[Typed, ...], Field(max_length=60)]
Row = Annotated[Mapping[Code, Typed | Chosen], Field(max_length=20)]
Answer = Typed | Chosen | Annotated[tuple[Row, ...], Field(max_length=ROWS_MAX)]


class RequestCreate(Model):
    """A request that begins. `household_id`: of whoever belongs to several. `person_id`: the child or adult that it is about, none for the household."""

    household_id: UUID | None = None
    code: Code
    person_id: UUID | None = None


class BegunRequest(Model):
    """The draft that was begun, or that was there already."""

    request_id: UUID


class WrittenMessage(Model):
    """The message that was written."""

    message_id: UUID


class StepAnswers(Model):
    """What was typed on a page, by the code of each question; it is kept whatever is wrong with it. `press`: which showing of the page it was typed in, and `after`:
    the one that was kept when the page was shown, none of a page that nobody filled in."""

    answers: Annotated[Mapping[Code, Answer], Field(max_length=120)] = Field(repr=False)
    press: UUID
    after: UUID | None = None


class DraftHold(Model):
    """Somebody fills a draft in. `is_taking_over`: also where another adult of the household does."""

    is_taking_over: bool = False


class DraftEditor(Model):
    """The adult who fills a draft in, since when, and until when unless they go on. `is_own`: whoever asks, in whichever of their tabs."""

    adult_id: UUID
    name: str
    begun_at: datetime
    ends_at: datetime
    is_own: bool


class PieceChoice(Model):
    """The document that is given for a piece."""

    document_id: UUID


class RequestDecision(Model):
    """What an agent decides: ACCEPT, with the day of the task that follows; REFUSE, with a ground of the town's library; or ASK for more, with words."""

    move: RequestMove
    ground: Code | None = None
    words: Words = ""
    task_on: Day | None = None


class RequestTaking(Model):
    """An agent takes a request. `is_taking_over`: also from another agent."""

    is_taking_over: bool = False


class RequestMessageCreate(Model):
    """A message of a family or of the service, with documents that were sent already."""

    words: Annotated[Words, Field(min_length=1)] = Field(repr=False)
    document_ids: Annotated[tuple[UUID, ...], Field(max_length=MESSAGE_PIECES_MAX)] = ()


class RequestFault(Model):
    """What is wrong with an answer, or a piece, of a draft: on which page, counted from 1, where in the answers, and why."""

    step: int
    pointer: str
    code: str
    params: Mapping[str, Any] = Field(default_factory=dict)


class NamedPerson(Model):
    """Somebody who can be named in an answer."""

    person_id: UUID
    name: str
    is_child: bool


class GivenPiece(Model):
    """A piece of a request and the document that is given for it, if one is. `is_seen`: an agent saw it at the counter."""

    kind: KindCode
    label: str
    is_optional: bool
    document_id: UUID | None = None
    is_seen: bool = False
    document_label: str = ""
    document_status: DocumentStatus | None = None


class PaperRequest(RequestCreate):
    """What an adult of a household asks on paper: the answers so far, and the kinds of pieces that the agent saw."""

    household_id: UUID
    adult_id: UUID
    answers: Annotated[Mapping[Code, Answer], Field(max_length=120)] = Field(repr=False)
    seen: Annotated[tuple[KindCode, ...], Field(max_length=20)] = ()


class PaperCheck(Model):
    """What a paper asks by its answers so far, as of `Request`, and what it still lacks."""

    procedure: Procedure
    answers: Mapping[str, Any] = Field(repr=False)
    asked: tuple[Code, ...]
    facts: Mapping[KnownFact, str] = Field(repr=False)
    people: tuple[NamedPerson, ...]
    pieces: tuple[GivenPiece, ...]
    faults: tuple[RequestFault, ...]


class RequestTurn(Model):
    """A state that a request came to."""

    status: RequestStatus
    turned_at: datetime
    is_by_agent: bool


class RequestMessage(Model):
    """A message of the thread. `sent_by` is the adult who wrote it, or for agents the agent."""

    message_id: UUID
    sent_at: datetime
    is_by_agent: bool
    sent_by: UUID | None
    name: str
    words: str
    pieces: tuple[GivenPiece, ...] = ()


class RequestLine(Model):
    """A request in a list. `due_on`: until when an answer was announced; none while the family is asked for something. `owner_id`: the agent who has it, for
    agents."""

    request_id: UUID
    number: str
    code: Code
    label: str
    status: RequestStatus
    household_id: UUID
    reference: str
    person_id: UUID | None
    name: str
    changed_at: datetime
    sent_at: datetime | None
    due_on: date | None
    owner_id: UUID | None
    task_on: date | None
    is_task_done: bool


class AlikeChild(Model):
    """A child of a file who is born on the same day as one who is to be added, and called alike."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    household_id: UUID
    reference: str


class Request(RequestLine):
    """A request whole: the procedure in the version that it was begun with, the answers, what the file holds already, and what became of it. `asked`: the questions
    and rows that the answers leave open. `faults`: what a draft still lacks. `next_id`: which one waits after it, and `alike`: who could be the child that it
    would add, for agents. `newest_version`: of a draft that was begun by an older one. `presses`: of a draft, which showing of each page was kept last, by the number of the page.
    `is_on_paper`: an agent typed it at the counter, `entered_by` for agents."""

    procedure: Procedure
    version: int
    newest_version: int | None = None
    answers: Mapping[str, Any] = Field(repr=False)
    presses: Mapping[int, UUID] = Field(default_factory=dict)
    asked: tuple[Code, ...]
    facts: Mapping[KnownFact, str] = Field(repr=False)
    people: tuple[NamedPerson, ...]
    pieces: tuple[GivenPiece, ...]
    faults: tuple[RequestFault, ...]
    created_at: datetime
    decided_at: datetime | None
    decided_by: UUID | None
    sentence: str = ""
    remedy: str = ""
    words: str = ""
    turns: tuple[RequestTurn, ...]
    messages: tuple[RequestMessage, ...]
    is_on_paper: bool = False
    entered_by: UUID | None = None
    next_id: UUID | None = None
    alike: tuple[AlikeChild, ...] = ()


class OwnRequests(Model):
    """The requests of a household that the adult who asks may see, drafts among them, the one that changed last first."""

    household_id: UUID
    items: tuple[RequestLine, ...]


class RequestLetter(Model):
    """What is sealed of a mail about a request."""

    email: Email
    answer: RequestAnswer
    request_id: UUID
    number: str
    label: str
    name: str = ""
    service: str
    telephone: str = ""
    due_on: date | None = None
    silence: str = ""
    sentence: str = ""
    remedy: str = ""
    words: str = ""
