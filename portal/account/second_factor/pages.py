"""The second factor of an agent: whether there is one, setting an application up with a QR code, and the codes for its loss."""

from typing import Any, Final

import segno
from litestar import Response
from markupsafe import Markup

from contracts.identity import api
from contracts.identity.second_factor import (
    RecoveryCodesRenewal,
    SecondFactorCandidate,
    SecondFactorEnrollment,
)
from contracts.types import SessionStage
from gateway.auth import WrongSpace
from gateway.browsers import session_cookie
from gateway.calls import Refused, typed_as
from portal.frame import kept_forms
from portal.frame.errors import FIRST_STEPS
from portal.frame.spaces import action, at_stage, page, show_again
from portal.frame.visit import Visit
from portal.kit import Form, FormState

PATH: Final = "/mon-second-facteur"
SETUP_PATH: Final = FIRST_STEPS[SessionStage.ENROLL_SECOND_FACTOR]
CODES_PATH: Final = f"{PATH}/codes"
SETUP: Final = Form(SecondFactorEnrollment, "second_factor", ("code", "current_code", "current_password"))
RENEWAL: Final = Form(RecoveryCodesRenewal, "second_factor.renewal", ("code", "current_password"))
NEEDED_OR_WANTED: Final = at_stage(SessionStage.ENROLL_SECOND_FACTOR, SessionStage.READY)
GROUP: Final = 4
CODES_FEW: Final = 3
"""So many recovery codes are too few to wait until they are used up."""


@page(PATH)
async def second_factor_page(visit: Visit) -> Response[Any]:
    """What stands between the account and whoever learns its password, and the form for new recovery codes."""
    factor = await visit.call(api.second_factor)
    if not factor.is_offered:
        raise WrongSpace
    context = {
        "factor": factor,
        "setup_path": SETUP_PATH,
        "has_password": visit.session.has_password,
        "is_short_of_codes": factor.enrolled_at is not None and factor.recovery_codes_left <= CODES_FEW,
    }
    return visit.page("account/second_factor/second_factor.html.j2", context, form=visit.form(RENEWAL))


@page(SETUP_PATH, admits=NEEDED_OR_WANTED)
async def setup_page(visit: Visit) -> Response[Any]:
    """The QR code and the key as text, and what proves that the application has it."""
    candidate = await visit.call(api.second_factor_candidate)
    context = {
        "is_replacement": candidate.is_replacement,
        "uri": candidate.uri,
        "picture": _picture(candidate),
        "key_groups": [candidate.secret[start : start + GROUP] for start in range(0, len(candidate.secret), GROUP)],
        "has_password": visit.session.has_password,
        "is_first_step": visit.session.stage is not SessionStage.READY,
    }
    return visit.page("account/second_factor/setup.html.j2", context, form=visit.form(SETUP))


@action(SETUP_PATH, admits=NEEDED_OR_WANTED, has_secret=True)
async def set_up(visit: Visit) -> Response[Any]:
    """Make the application the second factor; the session goes on under a new token."""
    typed = SETUP.typed(visit.posted.values)
    try:
        enrolled = await visit.call(api.enroll_second_factor, typed_as(SecondFactorEnrollment, typed))
    except Refused as refused:
        return await show_again(visit, setup_page, visit.refused(refused, {}, SETUP))
    visit.sessions.forget_account(visit.session.account_id)
    return _to_codes(visit, enrolled.codes, session_cookie(enrolled.session))


@page(CODES_PATH)
async def codes_page(visit: Visit) -> Response[Any]:
    """Recovery codes that were made a moment ago, to be printed: their browser keeps them until they are shown, nothing else does."""
    codes = visit.form().all("codes")
    if not codes:
        return visit.redirect(PATH, visit.shown_before("codes_shown_once"))
    town = visit.portal.town.town
    context = {"codes": codes, "town_name": town.full_name, "today": visit.portal.today()}
    return visit.once(visit.page("account/second_factor/codes.html.j2", context))


@action(CODES_PATH, has_secret=True)
async def renew_codes(visit: Visit) -> Response[Any]:
    """Make new recovery codes; those of before work no more."""
    typed = RENEWAL.typed(visit.posted.values)
    try:
        renewed = await visit.call(api.renew_recovery_codes, typed_as(RecoveryCodesRenewal, typed))
    except Refused as refused:
        return await show_again(visit, second_factor_page, visit.refused(refused, {}, RENEWAL))
    return _to_codes(visit, renewed.codes)


def _to_codes(visit: Visit, codes: tuple[str, ...], *cookies: Any) -> Response[Any]:
    """Lead to the page of codes, which the browser keeps sealed until then."""
    key = visit.sessions.sealing_key(visit.sessions.holder(visit.visitor.session), CODES_PATH)
    kept = kept_forms.keep(FormState({"codes": codes}), CODES_PATH, key, visit.request.cookies)
    if kept is None:
        raise AssertionError("ten short codes fit into a cookie")
    return visit.redirect(f"{CODES_PATH}?{kept_forms.PARAMETER}={kept.name}", cookies=[*kept.cookies, *cookies])


def _picture(candidate: SecondFactorCandidate) -> Markup:
    """The QR code as a drawing within the page: nothing is asked of another place."""
    drawing = segno.make(candidate.uri, error="m", micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return Markup(drawing)  # noqa: S704 - a drawing of ours, of squares alone


PAGES = [second_factor_page, setup_page, set_up, codes_page, renew_codes]
