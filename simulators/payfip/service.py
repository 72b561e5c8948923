"""The SOAP service: `POST /tpa/services/securite`, and its description at `?wsdl`."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException

from . import rules, soap
from .clock import real_now
from .controls import FaultSwitch, OperationName
from .provider import FAULT_LABELS, Provider

PATH = "/tpa/services/securite"
Answer = Mapping[str, str | None]


class BusinessFault(Exception):
    """A rule of the service refuses the call."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@get(PATH)
async def description(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The WSDL; without `?wsdl` there is nothing to see."""
    if "wsdl" not in {name.lower() for name in request.query_params}:
        raise NotFoundException(detail="add ?wsdl to the address")
    return Response(soap.wsdl(f"{str(request.base_url).rstrip('/')}{PATH}"), media_type=soap.CONTENT_TYPE)


@post(PATH, status_code=200)
async def serve(request: Request[Any, Any, Any], provider: NamedDependency[Provider]) -> Response[bytes]:
    """Answer one call. Every fault goes with HTTP 500, as SOAP 1.1 wants it."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "text/xml":
        raise ClientException(status_code=415, detail="a SOAP 1.1 message is text/xml")
    try:
        call = soap.parse_call(await request.body())
    except soap.ProtocolError as error:
        return _xml(soap.protocol_fault(str(error)), 500)
    if call.operation not in OPERATIONS:
        return _xml(soap.protocol_fault(f"Cannot find dispatch method for {{{soap.SERVICE}}}{call.operation}"), 500)
    operation = cast(OperationName, call.operation)
    fault = provider.take_fault(operation)
    if fault is not None and not fault.after_effect:
        return await _failure(fault)
    answer = _answer(provider, operation, call.fields)
    return await _failure(fault) if fault is not None else answer


def _answer(provider: Provider, operation: OperationName, fields: Mapping[str, str]) -> Response[bytes]:
    try:
        values = OPERATIONS[operation](provider, fields)
    except BusinessFault as fault:
        return _xml(soap.business_fault(fault.code, FAULT_LABELS[fault.code]), 500)
    return _xml(soap.response(operation, values), 200)


def _create(provider: Provider, fields: Mapping[str, str]) -> Answer:
    code = rules.creation_fault(fields, provider.clients)
    if code:
        raise BusinessFault(code)
    return {"idOp": provider.create(fields).id_op}


def _payment_detail(provider: Provider, fields: Mapping[str, str]) -> Answer:
    operation = provider.store.find(fields.get("idOp", ""))
    if operation is None:
        raise BusinessFault("P1")
    is_known = operation.known_at is not None and operation.known_at <= real_now()
    code = rules.lookup_fault(created_at=operation.created_at, is_known=is_known, now=provider.now())
    if code:
        raise BusinessFault(code)
    return {
        "dattrans": operation.dattrans,
        "exer": operation.exer,
        "heurtrans": operation.heurtrans,
        "idOp": operation.id_op,
        "mel": operation.mel,
        "montant": operation.answered_amount or operation.montant,
        "numauto": operation.numauto,
        "numcli": operation.numcli,
        "objet": operation.objet,
        "refdet": operation.refdet,
        "resultrans": operation.result,
        "saisie": operation.saisie,
    }


def _client_detail(provider: Provider, fields: Mapping[str, str]) -> Answer:
    numcli = fields.get("numCli", "")
    code = rules.client_fault(numcli, provider.clients)
    if code:
        raise BusinessFault(code)
    first, second, third = (label or None for label in provider.clients[numcli].labels)
    return {"libelleN1": first, "libelleN2": second, "libelleN3": third, "numcli": numcli}


OPERATIONS: dict[str, Callable[[Provider, Mapping[str, str]], Answer]] = {
    "creerPaiementSecurise": _create,
    "recupererDetailPaiementSecurise": _payment_detail,
    "recupererDetailClient": _client_detail,
}


async def _failure(fault: FaultSwitch) -> Response[bytes]:
    """The failure that a test asked for."""
    if fault.mode == "technical_fault":
        return _xml(soap.technical_fault("999", FAULT_LABELS["999"]), 500)
    if fault.mode == "malformed_xml":
        return _xml(b"<?xml version='1.0' encoding='UTF-8'?><S:Envelope><S:Body><return>", 200)
    if fault.mode == "timeout":
        await asyncio.sleep(fault.seconds)
    status, reason = (504, "Gateway Timeout") if fault.mode == "timeout" else (502, "Bad Gateway")
    page = f"<html><head><title>{status} {reason}</title></head><body><h1>{reason}</h1></body></html>"
    return Response(page.encode(), status_code=status, media_type=MediaType.HTML)


def _xml(content: bytes, status_code: int) -> Response[bytes]:
    return Response(content, status_code=status_code, media_type=soap.CONTENT_TYPE)
