"""What the gallery shows: a household and its calendar, in every state, as the contracts describe them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.billing.models import Invoice, PriceExplanation, Quote, QuoteLine
from contracts.booking.models import Calendar, CalendarRow, DayCell
from contracts.identity.models import CredentialPolicy, Terms, TermsSection
from contracts.types import DayState, EnrollmentStatus, InvoiceStatus
from gateway.auth import Visitor
from portal.frame.calendar import CHOOSABLE_WITH_WAITING_LIST, NO_CHOICES, CalendarOptions, Choices, calendar_view
from portal.kit import Crumb, Flash, FormState, Frame, MenuEntry, MenuGroup, SessionZone, Texts

LINA, SACHA = UUID(int=1), UUID(int=2)
NAMES: Final = {LINA: "Lina", SACHA: "Sacha"}
PRICE_CENTS: Final = 840
CUTOFF: Final = datetime(2026, 9, 7, 10, tzinfo=UTC)
OPTIONS: Final = CalendarOptions(ZoneInfo("Europe/Paris"), choosable=CHOOSABLE_WITH_WAITING_LIST)
REASONS: Final = {
    "cutoff_passed": "La date limite d’annulation est passée depuis lundi 7 septembre à 12 h. Pour une absence, contactez le service enfance."
}

FRAME: Final = Frame(
    menu=[
        MenuEntry("Mon accueil", "/", is_current=True),
        MenuEntry("Actualités", "/"),
        MenuEntry("Documents pour l’inscription", "/"),
        MenuEntry("Activités", "/"),
        MenuEntry("Infos pratiques", "/"),
    ],
    bar=[
        MenuEntry("Accueil", "/", is_current=True, icon="home"),
        MenuEntry("Mes réservations", "/", icon="calendar"),
        MenuEntry("Factures", "/", icon="invoice"),
        MenuEntry("Menu", "/", icon="menu"),
    ],
    session=SessionZone(
        "Bonjour Monsieur TESTEUR.",
        "token",
        "Monsieur Jean Testeur",
        "JT",
        datetime(2024, 12, 31, 10, 26, tzinfo=UTC),
        own_page=MenuEntry("Mon espace", "/"),
    ),
    flashes=[Flash("success", "Votre espace est activé.")],
)
AGENT_FRAME: Final = Frame(
    menu=[
        MenuEntry("Tableau de bord", "/", is_current=True, icon="home"),
        MenuGroup(
            "Dossiers", "folder", [MenuEntry("Familles", "/"), MenuEntry("Dossiers en double", "/")], is_open=True
        ),
        MenuEntry("Inscriptions", "/", icon="activity"),
        MenuEntry("Pointage", "/", icon="check"),
        MenuGroup("Finances", "invoice", [MenuEntry("Facturation", "/"), MenuEntry("Paiements à vérifier", "/")]),
    ],
    session=SessionZone("Claire Durand", "token", "Claire Durand", "CD", own_page=MenuEntry("Mes identifiants", "/")),
    breadcrumb=[Crumb("Inscriptions", "/")],
)
POLICY: Final = CredentialPolicy(
    length_min=8,
    length_max=128,
    lowercase_min=1,
    uppercase_min=0,
    digit_min=1,
    username_length_min=4,
    is_username_editable=True,
)
REFUSED_FORM: Final = FormState(
    values={"surname": "Testeur", "email": "testeur(at)exemple.fr", "diets": ["none"], "civility": "madame"},
    errors={
        "email": "Il manque le signe @ : écrivez par exemple prenom.nom@exemple.fr.",
        "born_on": "La date de naissance est dans le futur. Vérifiez l’année.",
        "civility": "Choisissez une réponse.",
        "password": "Ajoutez au moins un chiffre.",
        "is_accepted": "Cochez la case pour continuer.",
    },
)


def _row(child: UUID, activity: int, states: dict[int, DayState], marker: EnrollmentStatus) -> CalendarRow:
    labels = {1: "Accueil de loisirs du mercredi", 2: "Restauration scolaire"}
    cells = tuple(
        DayCell(
            slot_id=UUID(int=activity * 1000 + day),
            service_on=date(2026, 9, day),
            state=state,
            reason="cutoff_passed" if state is DayState.BOOKED_LOCKED else None,
            params={"rank": "2"} if state is DayState.WAITING else {},
            until=CUTOFF if state in (DayState.BOOKED, DayState.BOOKABLE) else None,
            free=3 if state is DayState.BOOKABLE else None,
        )
        for day, state in states.items()
    )
    return CalendarRow(
        child_id=child,
        child_first_name=NAMES[child],
        child_name=NAMES[child],
        activity_id=UUID(int=activity),
        activity_label=labels[activity],
        unit_code="day",
        unit_label=None,
        site_label="Groupe scolaire Jean-Jaurès",
        marker=marker,
        cells=cells,
    )


def week() -> Calendar:
    """A school week that shows each of the nine states, and days without a slot."""
    return Calendar(
        household_id=UUID(int=9),
        from_on=date(2026, 9, 7),
        to_on=date(2026, 9, 13),
        rows=(
            _row(
                LINA,
                2,
                {7: DayState.BOOKED_LOCKED, 8: DayState.BOOKED, 10: DayState.BOOKABLE, 11: DayState.LATE},
                EnrollmentStatus.VALIDATED,
            ),
            _row(
                SACHA,
                2,
                {7: DayState.FULL, 8: DayState.WAITING, 10: DayState.CANCELLED, 11: DayState.BOOKABLE},
                EnrollmentStatus.VALIDATED,
            ),
            _row(LINA, 1, {9: DayState.PENDING}, EnrollmentStatus.REQUESTED),
            _row(SACHA, 1, {9: DayState.CLOSED}, EnrollmentStatus.REFUSED),
        ),
    )


def month() -> Calendar:
    """The Wednesdays of a month for one child, and every school day of another activity."""
    wednesdays = {
        2: DayState.BOOKED_LOCKED,
        9: DayState.BOOKED,
        16: DayState.BOOKABLE,
        23: DayState.FULL,
        30: DayState.BOOKABLE,
    }
    meals = {day: DayState.BOOKABLE for day in range(1, 31) if date(2026, 9, day).weekday() in (0, 1, 3, 4)}
    return Calendar(
        household_id=UUID(int=9),
        from_on=date(2026, 9, 1),
        to_on=date(2026, 9, 30),
        rows=(
            _row(LINA, 1, wednesdays, EnrollmentStatus.VALIDATED),
            _row(SACHA, 2, meals, EnrollmentStatus.VALIDATED),
        ),
    )


def refusal(code: str, _params: object) -> str:
    """The reasons of the samples, in words."""
    return REASONS[code]


def quote(choices: Choices) -> Quote | None:
    """A price for what was ticked: the kit's own answer, since nothing is booked here."""
    days = {
        f"{row.child_id}:{cell.slot_id}": (row, cell)
        for calendar in (week(), month())
        for row in calendar.rows
        for cell in row.cells
    }
    lines = tuple(
        QuoteLine(
            child_id=row.child_id,
            activity_id=row.activity_id,
            activity_label=row.activity_label,
            service_on=cell.service_on,
            share_basis_points=10_000,
            amount_cents=PRICE_CENTS,
            explanation=PriceExplanation(
                tariff_code="LUNCH",
                tariff_label="Repas",
                grid_version=1,
                bracket_label="tranche C",
                quotient_cents=65_000 if row.child_id == LINA else None,
                is_maximum_for_want_of_quotient=row.child_id != LINA,
            ),
        )
        for row, cell in (days[control] for control in choices.added)
    )
    return Quote(lines=lines, total_cents=PRICE_CENTS * len(lines)) if lines else None


def basket(texts: Texts, choices: Choices) -> dict[str, object]:
    """The parameters of the basket macro for the choices of the week."""
    view = calendar_view(week(), texts, refusal, options=OPTIONS)
    cells = [cell for row in view.rows for cell in row.cells if cell.control in choices.removed]
    return {"quote": quote(choices), "names": NAMES, "removed": cells}


def context(texts: Texts, choices: Choices = NO_CHOICES) -> dict[str, object]:
    """Everything that the templates of the gallery read."""
    return {
        "frame": FRAME,
        "visitor": Visitor(None, None, "token", "127.0.0.1"),
        "key": "7d3c1c0e-0000-4000-8000-000000000001",
        "agent_frame": AGENT_FRAME,
        "refused": REFUSED_FORM,
        "policy": POLICY,
        "week": calendar_view(week(), texts, refusal, OPTIONS, choices),
        "month": calendar_view(month(), texts, refusal, OPTIONS),
        "basket_values": basket(texts, choices),
        "invoice": INVOICE,
        "enrollments": ENROLLMENTS,
        "terms_box": _terms("checkbox"),
        "terms_button": _terms("button"),
    }


def _terms(mode: str) -> Terms:
    paragraph = (
        "Le service est facultatif et gratuit, hors frais de connexion. L’usager choisit librement les services qu’il utilise. "
        * 3
    )
    sections = tuple(
        TermsSection(heading=heading, paragraphs=(paragraph, paragraph))
        for heading in (
            "Préambule",
            "Définitions",
            "Objet",
            "Accès au service",
            "Données personnelles",
            "Responsabilités",
        )
    )
    return Terms(
        version="2026-01",
        title="Conditions générales d’utilisation",
        sections=sections,
        accept_mode=mode,
        end_token="end-token",
    )


INVOICE: Final = Invoice(
    invoice_id=UUID(int=7),
    payer_id=UUID(int=8),
    household_id=UUID(int=9),
    number="2026-000123",
    regie="ENFANCE",
    period="2026-09",
    status=InvoiceStatus.PARTLY_PAID,
    payer_name="M. Testeur",
    lines=(),
    total_cents=123_450,
    paid_cents=3_400,
    credit_cents=1_400,
    due_cents=120_050,
    issued_on=date(2026, 10, 2),
    due_on=date(2026, 10, 31),
    payments=(),
    is_payable_online=True,
    payable_reason=None,
)
ENROLLMENTS: Final = [
    SimpleNamespace(
        child=child, activity="Accueil de loisirs du mercredi", requested_on=date(2026, 8, day), total_cents=84_00 * day
    )
    for day, child in ((27, "Lina TESTEUR"), (28, "Sacha TESTEUR"), (29, "Anne-Charlotte DE LA ROCHEFOUCAULD"))
]
