"""Whether a certificate is genuine: its number and the code that is printed on it are typed, or come with the code that a telephone reads."""

from typing import Any, Final

from litestar import Response

from contracts.certificates import CHECK_PATH, CertificateCheck, kind_of
from gateway.calls import Refused, typed_as
from portal.frame.certificates import SERVED
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import Visit
from portal.kit import Form, FormState

CHECK: Final = Form(CertificateCheck, "certificates.check", ("number", "code"))
NOT_THERE: Final = 404


@page(CHECK_PATH)
async def check_page(visit: Visit) -> Response[Any]:
    """The form, filled in by the address of a code that was read; or what is known of a genuine certificate."""
    form = visit.form(CHECK, {"number": visit.query("numero")[:80], "code": visit.query("code")[:80]})
    context = {"checked": form if form.value("digest") else None}
    return visit.page("public/check/check.html.j2", context, form=form)


@action(CHECK_PATH, has_secret=True)
async def check(visit: Visit) -> Response[Any]:
    """Look a certificate up. Whoever guesses is slowed down, as with any secret."""
    typed = CHECK.typed(visit.posted.values)
    unknown = FormState(typed, refusal=visit.portal.texts("certificates.check.unknown"), form=CHECK)
    kind = kind_of("".join(typed.get("number", "").split()).upper())
    try:
        body = typed_as(CertificateCheck, CHECK.body(typed))
        if kind is None:
            return await show_again(visit, check_page, unknown)
        checked = await visit.call(SERVED[kind].check_certificate, body)
    except Refused as refused:
        form = unknown if refused.problem.status == NOT_THERE else visit.refused(refused, typed, CHECK)
        return await show_again(visit, check_page, form)
    shown = {"number": checked.number, "kind": checked.kind, "issued_on": str(checked.issued_on)}
    return await show_again(visit, check_page, FormState({**shown, "digest": checked.digest}, form=CHECK))


PAGES = [check_page, check]
