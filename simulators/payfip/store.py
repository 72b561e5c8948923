"""The provider's books: operations, the notifications still to send, and the switches, in one SQLite file that survives restarts.

Every change is one transaction. Instants are kept in UTC as ISO texts. A row is never removed: the journal is what a test compares
with the town's ledger, so the night only marks what it deletes.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from .controls import Controls
from .rules import ResultCode

SCHEMA_SQL = """
CREATE TABLE IF NOT EXISTS operation (
    id_op text PRIMARY KEY,
    numcli text NOT NULL, exer text, refdet text NOT NULL, objet text, montant text NOT NULL, mel text NOT NULL,
    saisie text NOT NULL, urlnotif text NOT NULL, urlredirect text NOT NULL,
    remarks text NOT NULL,
    created_at text NOT NULL,
    opened_at text,
    means text, account_hint text, expected_result text,
    result text, dattrans text, heurtrans text, numauto text,
    known_at text,
    answered_amount text,
    deleted_at text
) STRICT;
CREATE INDEX IF NOT EXISTS operation_refdet ON operation (numcli, refdet);
CREATE TABLE IF NOT EXISTS notification (
    id integer PRIMARY KEY,
    id_op text NOT NULL REFERENCES operation,
    field text NOT NULL,
    due_at text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'given_up')),
    last_answer text
) STRICT;
CREATE INDEX IF NOT EXISTS notification_due ON notification (state, due_at);
CREATE TABLE IF NOT EXISTS switches (id integer PRIMARY KEY CHECK (id = 1), value text NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One payment operation. `known_at` is the machine's instant from which a look-up gives the result."""

    id_op: str
    numcli: str
    exer: str | None
    refdet: str
    objet: str | None
    montant: str
    mel: str
    saisie: str
    urlnotif: str
    urlredirect: str
    remarks: list[str]
    created_at: datetime
    opened_at: datetime | None = None
    means: str | None = None
    account_hint: str | None = None
    expected_result: str | None = None
    result: str | None = None
    dattrans: str | None = None
    heurtrans: str | None = None
    numauto: str | None = None
    known_at: datetime | None = None
    answered_amount: str | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an operation as it is recorded, with the town's time in the two forms of the interface."""

    result: ResultCode
    dattrans: str
    heurtrans: str
    numauto: str | None
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Notification:
    """One call to make to the town, or made."""

    id: int
    id_op: str
    field: str
    due_at: datetime
    attempts: int
    state: str
    last_answer: str | None


class Store:
    """One SQLite connection, used from one thread; each method is atomic."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / "payfip.sqlite3", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(SCHEMA_SQL)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    CREATE_SQL = """
        INSERT INTO operation (id_op, numcli, exer, refdet, objet, montant, mel, saisie, urlnotif, urlredirect, remarks, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

    def create(self, operation: Operation) -> None:
        """Open a new operation."""
        values = [getattr(operation, field.name) for field in fields(Operation)[:10]]
        remarks = json.dumps(operation.remarks)
        with self._transaction() as connection:
            connection.execute(self.CREATE_SQL, [*values, remarks, operation.created_at.isoformat()])

    IS_REFDET_KNOWN_SQL = "SELECT EXISTS (SELECT 1 FROM operation WHERE numcli = ? AND refdet = ?)"

    def is_refdet_known(self, numcli: str, refdet: str) -> bool:
        return bool(self._connection.execute(self.IS_REFDET_KNOWN_SQL, [numcli, refdet]).fetchone()[0])

    FIND_SQL = "SELECT * FROM operation WHERE id_op = ? AND deleted_at IS NULL"

    def find(self, id_op: str) -> Operation | None:
        """An operation that the night has not deleted."""
        row = self._connection.execute(self.FIND_SQL, [id_op]).fetchone()
        return _operation(row) if row else None

    JOURNAL_SQL = """
        SELECT * FROM operation
        WHERE (?1 = '' OR id_op = ?1) AND (?2 = '' OR refdet = ?2) AND (?3 = '' OR numcli = ?3)
        ORDER BY rowid DESC LIMIT ?4
    """

    def journal(self, *, id_op: str = "", refdet: str = "", numcli: str = "", limit: int) -> list[Operation]:
        """Every operation ever created, newest first, those that the night deleted included."""
        rows = self._connection.execute(self.JOURNAL_SQL, [id_op, refdet, numcli, limit])
        return [_operation(row) for row in rows]

    OPEN_SQL = "UPDATE operation SET opened_at = coalesce(opened_at, ?) WHERE id_op = ?"

    def open(self, id_op: str, opened_at: datetime) -> None:
        """The payer has reached the payment page; the first time counts."""
        self._connection.execute(self.OPEN_SQL, [opened_at.isoformat(), id_op])

    CHOOSE_MEANS_SQL = "UPDATE operation SET means = ?, account_hint = ?, expected_result = ? WHERE id_op = ?"

    def choose_means(self, id_op: str, *, means: str, account_hint: str, expected_result: ResultCode) -> None:
        """Remember how the payer pays and what the bank will answer; never the number itself."""
        self._connection.execute(self.CHOOSE_MEANS_SQL, [means, account_hint, expected_result, id_op])

    DECIDE_SQL = """
        UPDATE operation SET result = ?, dattrans = ?, heurtrans = ?, numauto = ?, known_at = ?
        WHERE id_op = ? AND deleted_at IS NULL AND (result IS NULL OR (result = 'A' AND ? <> 'A'))
    """
    NOTIFY_SQL = "INSERT INTO notification (id_op, field, due_at) VALUES (?, ?, ?)"

    def decide(self, id_op: str, outcome: Outcome, notifications: list[tuple[str, datetime]]) -> bool:
        """Record a result with its notifications (field name, due instant), once: False when there already is a result.

        An abandon may still become something else, as the payer may come back.
        """
        with self._transaction() as connection:
            known_at = outcome.known_at.isoformat()
            values = [outcome.result, outcome.dattrans, outcome.heurtrans, outcome.numauto, known_at]
            changed = connection.execute(self.DECIDE_SQL, [*values, id_op, outcome.result]).rowcount
            if changed:
                rows = [(id_op, field, due_at.isoformat()) for field, due_at in notifications]
                connection.executemany(self.NOTIFY_SQL, rows)
        return changed == 1

    def notify(self, id_op: str, field: str, due_at: datetime) -> None:
        """Queue one more notification."""
        self._connection.execute(self.NOTIFY_SQL, [id_op, field, due_at.isoformat()])

    ANSWER_AMOUNT_SQL = "UPDATE operation SET answered_amount = ? WHERE id_op = ?"

    def answer_amount(self, id_op: str, amount: str | None) -> None:
        """Make look-ups answer another amount than the one asked for; None gives the true one again."""
        self._connection.execute(self.ANSWER_AMOUNT_SQL, [amount, id_op])

    NIGHT_SQL = """
        UPDATE operation SET deleted_at = ? WHERE opened_at IS NULL AND result IS NULL AND deleted_at IS NULL
        RETURNING id_op
    """

    def delete_never_opened(self, deleted_at: datetime) -> list[str]:
        """What the provider does every night: forget the operations whose page was never opened."""
        return [row["id_op"] for row in self._connection.execute(self.NIGHT_SQL, [deleted_at.isoformat()]).fetchall()]

    DUE_SQL = "SELECT * FROM notification WHERE state = 'pending' AND due_at <= ? ORDER BY due_at, id LIMIT ?"

    def due_notifications(self, now: datetime, limit: int) -> list[Notification]:
        """The calls to make now, the oldest first."""
        return [_notification(row) for row in self._connection.execute(self.DUE_SQL, [now.isoformat(), limit])]

    NEXT_DUE_SQL = "SELECT min(due_at) FROM notification WHERE state = 'pending'"

    def next_due_at(self) -> datetime | None:
        """When the next call is to be made; None when there is none."""
        return _instant(self._connection.execute(self.NEXT_DUE_SQL).fetchone()[0])

    NOTIFICATIONS_SQL = "SELECT * FROM notification WHERE (?1 = '' OR id_op = ?1) ORDER BY id DESC LIMIT ?2"

    def notifications(self, id_op: str, limit: int) -> list[Notification]:
        """Every call made or to make, newest first."""
        return [_notification(row) for row in self._connection.execute(self.NOTIFICATIONS_SQL, [id_op, limit])]

    SAVE_NOTIFICATION_SQL = (
        "UPDATE notification SET due_at = ?, attempts = attempts + 1, state = ?, last_answer = ? WHERE id = ?"
    )

    def save_notification(self, notification_id: int, *, state: str, due_at: datetime, last_answer: str) -> None:
        """Note the outcome of one call."""
        self._connection.execute(self.SAVE_NOTIFICATION_SQL, [due_at.isoformat(), state, last_answer, notification_id])

    LOAD_CONTROLS_SQL = "SELECT value FROM switches"

    def load_controls(self) -> Controls:
        row = self._connection.execute(self.LOAD_CONTROLS_SQL).fetchone()
        return Controls.model_validate_json(row["value"]) if row else Controls()

    SAVE_CONTROLS_SQL = (
        "INSERT INTO switches (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value"
    )

    def save_controls(self, controls: Controls) -> None:
        self._connection.execute(self.SAVE_CONTROLS_SQL, [controls.model_dump_json()])


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _operation(row: sqlite3.Row) -> Operation:
    values = dict(row)
    instants = {name: _instant(values[name]) for name in ("created_at", "opened_at", "known_at", "deleted_at")}
    return Operation(**{**values, **instants, "remarks": json.loads(values["remarks"])})


def _notification(row: sqlite3.Row) -> Notification:
    values = dict(row)
    return Notification(**{**values, "due_at": datetime.fromisoformat(values["due_at"])})
