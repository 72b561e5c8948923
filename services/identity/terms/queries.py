"""The terms as they are served."""

from contracts.identity.models import Terms, TermsSection

from ..settings import IdentityRules


def terms_in_force(rules: IdentityRules, end_token: str | None) -> Terms:
    """The terms in force; `end_token` is that of the session that reads them."""
    return Terms(
        version=rules.terms.version,
        title=rules.terms.title,
        sections=tuple(
            TermsSection(heading=section.heading, paragraphs=section.paragraphs) for section in rules.terms.sections
        ),
        accept_mode=rules.accept_mode,
        end_token=end_token,
    )
