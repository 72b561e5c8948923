"""What the simulator does, whoever asks for it: the SOAP service, the payment page and the control interface all call this."""

import asyncio
import secrets
import tomllib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from simulators.serving import PARIS

from . import rules
from .clock import business_now, real_now
from .controls import Controls, FaultSwitch, OperationName
from .settings import Client
from .store import Operation, Outcome, Store

# Identifiers look like the real ones, which are time-based and end with the network card of the provider's machine.
IDENTIFIER_NODE = 0x0213AD91A103
FAULT_LABELS: dict[str, str] = tomllib.loads((Path(__file__).parent / "texts.toml").read_text("utf-8"))["faults"]


class Provider:
    """The payment provider: its clients, its books, its switches. `notifications_changed` wakes whoever sends notifications."""

    def __init__(self, store: Store, clients: Mapping[str, Client]) -> None:
        self.store = store
        self.clients = clients
        self.notifications_changed = asyncio.Event()
        self._controls = store.load_controls()

    @property
    def controls(self) -> Controls:
        return self._controls

    def change_controls(self, controls: Controls) -> None:
        """Apply the switches from the next call on, and after a restart too."""
        self.store.save_controls(controls)
        self._controls = controls

    def now(self) -> datetime:
        """The instant that the rules see, in UTC."""
        return business_now(self._controls)

    def create(self, fields: Mapping[str, str]) -> Operation:
        """Open an operation whose fields the rules have accepted."""
        is_refdet_known = self.store.is_refdet_known(fields["numcli"], fields["refdet"])
        operation = Operation(
            id_op=str(uuid.uuid1(node=IDENTIFIER_NODE, clock_seq=secrets.randbits(14))),
            numcli=fields["numcli"],
            exer=fields.get("exer"),
            refdet=fields["refdet"],
            objet=fields.get("objet"),
            montant=fields["montant"],
            mel=fields["mel"],
            saisie=fields["saisie"],
            urlnotif=fields["urlnotif"],
            urlredirect=fields["urlredirect"],
            remarks=rules.creation_remarks(fields, is_refdet_known),
            created_at=self.now(),
        )
        self.store.create(operation)
        return operation

    def record(self, id_op: str, result: rules.ResultCode) -> bool:
        """Write the result of an operation and queue its notifications, in one step; False when there already was a result."""
        switch = self._controls.notifications
        local_time = self.now().astimezone(PARIS)
        wait = timedelta(seconds=switch.seconds)
        real = real_now()
        outcome = Outcome(
            result=result,
            dattrans=local_time.strftime("%d%m%Y"),
            heurtrans=local_time.strftime("%H%M"),
            numauto=_authorization(result),
            known_at=real + wait if switch.mode == "before_result" else real,
        )
        due_by_mode = {
            "on": [real],
            "off": [],
            "delayed": [real + wait],
            "duplicated": [real, real + wait],
            "before_result": [real],
        }
        is_recorded = self.store.decide(id_op, outcome, [(switch.spelling, due) for due in due_by_mode[switch.mode]])
        self.notifications_changed.set()
        return is_recorded

    def notify_again(self, id_op: str) -> None:
        """Queue one more notification for an operation, whatever the switches say."""
        self.store.notify(id_op, self._controls.notifications.spelling, real_now())
        self.notifications_changed.set()

    def take_fault(self, operation: OperationName) -> FaultSwitch | None:
        """The way in which this call must fail, if it must; counts the call."""
        switch = self._controls.faults
        if switch.mode == "ok" or (switch.operations and operation not in switch.operations):
            return None
        if switch.remaining is not None:
            left = switch.remaining - 1
            following = switch.model_copy(update={"remaining": left}) if left else FaultSwitch()
            self.change_controls(self._controls.model_copy(update={"faults": following}))
        return switch


def _authorization(result: rules.ResultCode) -> str | None:
    """Six digits for a card, twelve and "-tip" for a direct debit, nothing when nothing is paid."""
    if result == "P":
        return f"{secrets.randbelow(10**6):06}"
    return f"{secrets.randbelow(10**12):012}-tip" if result == "V" else None
