"""The family service, wired: its routes, and the rules that they are given."""

from pathlib import Path

from joserfc.jwk import OKPKey

from chassis.data import known_agents
from chassis.data.bulk_decisions import forget_batches
from chassis.data.waiting import forget_owners
from chassis.documents.issuing import Press
from chassis.documents.typesetting import Typesetter
from chassis.events.applying import Subscriptions
from chassis.jobs import Job
from chassis.sealing import SharedSeal
from chassis.service import Service
from chassis.town import load_town

from .adapters.api_particulier import ApiParticulier, NoReader
from .adapters.blobs import Blobs
from .adapters.contents import Contents, Workshop
from .adapters.scanner import scanner_at
from .addresses.routes import ROUTES as ADDRESS_ROUTES
from .archives import consumers as archives
from .archives.routes import ROUTES as ARCHIVE_ROUTES
from .authorizations.routes import ROUTES as AUTHORIZATION_ROUTES
from .births.routes import ROUTES as BIRTH_ROUTES
from .care import consumers as care
from .certificates.routes import ROUTES as CERTIFICATE_ROUTES
from .changes.commands import forget_decided
from .changes.routes import ROUTES as CHANGE_ROUTES
from .circle.routes import ROUTES as CIRCLE_ROUTES
from .circulars.commands import LOOK_SECONDS as CIRCULAR_SECONDS
from .circulars.commands import CircularWork, forget_circulars
from .circulars.routes import ROUTES as CIRCULAR_ROUTES
from .class_changes.commands import LOOK_SECONDS as CLASS_CHANGE_SECONDS
from .class_changes.commands import ClassChangeWork, forget_class_changes
from .class_changes.routes import ROUTES as CLASS_CHANGE_ROUTES
from .contacts.routes import ROUTES as CONTACT_ROUTES
from .custody.commands import tell_comings_of_age
from .custody.routes import ROUTES as CUSTODY_ROUTES
from .delegations.commands import follow_people, forget_ended
from .delegations.routes import ROUTES as DELEGATION_ROUTES
from .derogations.commands import forget_derogations
from .derogations.routes import ROUTES as DEROGATION_ROUTES
from .document_decisions.routes import ROUTES as DOCUMENT_DECISION_ROUTES
from .documents.commands import DocumentWork, Papers
from .documents.routes import ROUTES as DOCUMENT_ROUTES
from .duplicates.commands import COMPARE_SECONDS, compare_people
from .duplicates.routes import ROUTES as DUPLICATE_ROUTES
from .editing.commands import forget_leases
from .editing.routes import ROUTES as EDITING_ROUTES
from .email_changes import consumers as email_changes
from .email_changes.commands import forget_email_changes
from .email_changes.routes import ROUTES as EMAIL_CHANGE_ROUTES
from .entourage.routes import ROUTES as ENTOURAGE_ROUTES
from .erasure import consumers as erasure
from .erasure.routes import ROUTES as ERASURE_ROUTES
from .exports.commands import ExportWork
from .exports.routes import ROUTES as EXPORT_ROUTES
from .gaps.routes import ROUTES as GAP_ROUTES
from .health.commands import forget_files_of_adults
from .health.routes import ROUTES as HEALTH_ROUTES
from .households.commands import publish_turning
from .households.routes import ROUTES as HOUSEHOLD_ROUTES
from .import_work.commands import LOOK_SECONDS, ImportWork
from .imports.commands import forget_imports
from .imports.routes import ROUTES as IMPORT_ROUTES
from .insurance.commands import forget_insurances
from .insurance.routes import ROUTES as INSURANCE_ROUTES
from .invariants.queries import CHECKING
from .merging.commands import forget_merged
from .merging.routes import ROUTES as MERGE_ROUTES
from .newcomers.routes import ROUTES as NEWCOMER_ROUTES
from .organizations.routes import change_kind
from .paper_requests.routes import ROUTES as PAPER_REQUEST_ROUTES
from .procedures.routes import ROUTES as PROCEDURE_ROUTES
from .protection.routes import ROUTES as PROTECTION_ROUTES
from .protection_requests.commands import forget_settled
from .protection_requests.routes import ROUTES as PROTECTION_REQUEST_ROUTES
from .readings.commands import LOOK_SECONDS as READING_SECONDS
from .readings.commands import Readings, ReadingWork
from .readings.routes import ROUTES as READING_ROUTES
from .registrations.commands import Answering, LetterSeal, purge
from .registrations.routes import ROUTES as REGISTRATION_ROUTES
from .request_decisions.routes import ROUTES as REQUEST_DECISION_ROUTES
from .request_threads.routes import ROUTES as REQUEST_THREAD_ROUTES
from .request_versions.routes import ROUTES as REQUEST_VERSION_ROUTES
from .requests.commands import forget_requests
from .requests.routes import ROUTES as REQUEST_ROUTES
from .resources.commands import ResourceWork
from .resources.routes import ROUTES as RESOURCE_ROUTES
from .schooling.routes import ROUTES as SCHOOLING_ROUTES
from .schools.routes import ROUTES as SCHOOL_ROUTES
from .search.routes import find_households
from .sectors.routes import ROUTES as SECTOR_ROUTES
from .settings import FamilyRules, FamilySettings
from .splits.routes import ROUTES as SPLIT_ROUTES
from .waiting.routes import ROUTES as WAITING_ROUTES

LAYOUTS = Path(__file__).parent / "layouts"
DAY_TURN_SECONDS = 600.0
"""How long after midnight what begins or ends on a day is said, at most."""
ANSWER_SECONDS = 1.0
EXPORT_SECONDS = 2.0
PURGE_SECONDS = 3600.0
FOLLOW_SECONDS = 5.0
"""How long what ended with its parent's authority is said to last, at most; nothing is done by it any more in the meantime."""
FORGET_SECONDS = 86_400.0


ROUTES = (
    *HOUSEHOLD_ROUTES,
    find_households,
    *CONTACT_ROUTES,
    *EMAIL_CHANGE_ROUTES,
    *CUSTODY_ROUTES,
    *HEALTH_ROUTES,
    *AUTHORIZATION_ROUTES,
    *INSURANCE_ROUTES,
    *ENTOURAGE_ROUTES,
    *CHANGE_ROUTES,
    *EDITING_ROUTES,
    *CIRCLE_ROUTES,
    *BIRTH_ROUTES,
    *NEWCOMER_ROUTES,
    *SCHOOL_ROUTES,
    *SCHOOLING_ROUTES,
    *CLASS_CHANGE_ROUTES,
    *DUPLICATE_ROUTES,
    *MERGE_ROUTES,
    change_kind,
    *DELEGATION_ROUTES,
    *PROTECTION_ROUTES,
    *PROTECTION_REQUEST_ROUTES,
    *READING_ROUTES,
    *REGISTRATION_ROUTES,
    *IMPORT_ROUTES,
    *SPLIT_ROUTES,
    *ARCHIVE_ROUTES,
    *ERASURE_ROUTES,
    *GAP_ROUTES,
    *ADDRESS_ROUTES,
    *SECTOR_ROUTES,
    *DEROGATION_ROUTES,
    *DOCUMENT_ROUTES,
    *PROCEDURE_ROUTES,
    *REQUEST_ROUTES,
    *PAPER_REQUEST_ROUTES,
    *REQUEST_DECISION_ROUTES,
    *REQUEST_THREAD_ROUTES,
    *CIRCULAR_ROUTES,
    *REQUEST_VERSION_ROUTES,
    *DOCUMENT_DECISION_ROUTES,
    *CERTIFICATE_ROUTES,
    *EXPORT_ROUTES,
    *RESOURCE_ROUTES,
    *WAITING_ROUTES,
    *CHECKING.routes,
)


def create(settings: FamilySettings) -> Service:
    """The service's parts. Every other service learns from it; it listens to three things, with which key a child's
    care is read, that an account was secured, and what keeps a file in use or lets it be erased. Raises MissingSecret."""
    seal_key, rules = settings.seal(), settings.rules()
    letters = LetterSeal(seal_key)
    contents = Contents(Workshop(), scanner_at(settings.scanner), Blobs(settings.document_store))
    papers = Papers(rules, letters)
    access = settings.api_particulier()
    reader = ApiParticulier(access) if access else NoReader()
    readings = Readings(reader, rules)
    press = Press(Typesetter(LAYOUTS), load_town(settings.town_file), settings.portal_url)
    subscriptions = Subscriptions()
    known_agents.subscribe(subscriptions)
    care.subscribe(subscriptions)
    email_changes.subscribe(subscriptions)
    archives.subscribe(subscriptions)
    erasure.subscribe(subscriptions, rules)
    return Service(
        name="family",
        migrations=Path(__file__).parent / "migrations",
        routes=ROUTES,
        subscriptions=subscriptions,
        jobs=_jobs(papers, contents, readings, ExportWork(press, rules, contents)),
        provide={
            FamilyRules: rules,
            OKPKey: seal_key,
            LetterSeal: letters,
            Papers: papers,
            Contents: contents,
            Readings: readings,
            Press: press,
            SharedSeal: settings.export_seal(),
        },
        on_stop=[reader.close],
    )


def _jobs(papers: Papers, contents: Contents, readings: Readings, exports: ExportWork) -> list[Job]:
    """What the service does by itself."""
    documents, quotients = DocumentWork(papers, contents), ReadingWork(readings)
    return [
        Job("make_exports", EXPORT_SECONDS, exports.make),
        Job("forget_exports", FORGET_SECONDS, exports.forget),
        Job("comings_of_age", DAY_TURN_SECONDS, tell_comings_of_age),
        Job("forget_child_files", FORGET_SECONDS, forget_files_of_adults),
        Job("turning_households", DAY_TURN_SECONDS, publish_turning),
        Job("follow_people", FOLLOW_SECONDS, follow_people),
        Job("forget_delegations", FORGET_SECONDS, forget_ended),
        Job("forget_email_changes", FORGET_SECONDS, forget_email_changes),
        Job("forget_person_changes", FORGET_SECONDS, forget_decided),
        Job("forget_protection_requests", FORGET_SECONDS, forget_settled),
        Job("forget_leases", PURGE_SECONDS, forget_leases),
        Job("answer_registrations", ANSWER_SECONDS, Answering(papers.letters).run),
        Job("purge_registrations", PURGE_SECONDS, purge),
        Job("compare_people", COMPARE_SECONDS, compare_people),
        Job("household_imports", LOOK_SECONDS, ImportWork(papers.rules).run),
        Job("class_changes", CLASS_CHANGE_SECONDS, ClassChangeWork().run),
        Job("forget_class_changes", FORGET_SECONDS, forget_class_changes),
        Job("forget_merged_rows", FORGET_SECONDS, forget_merged),
        Job("forget_derogations", FORGET_SECONDS, forget_derogations),
        Job("forget_imports", FORGET_SECONDS, forget_imports),
        Job("forget_insurances", FORGET_SECONDS, forget_insurances),
        Job("remind_documents", PURGE_SECONDS, documents.remind),
        Job("notice_resources", PURGE_SECONDS, ResourceWork(papers.rules).notice),
        Job("forget_resources", FORGET_SECONDS, ResourceWork(papers.rules).forget),
        Job("forget_documents", FORGET_SECONDS, documents.forget),
        Job("sweep_documents", FORGET_SECONDS, documents.sweep),
        Job("forget_requests", FORGET_SECONDS, forget_requests),
        Job("circulars", CIRCULAR_SECONDS, CircularWork(papers).run),
        Job("forget_circulars", FORGET_SECONDS, forget_circulars),
        Job("read_quotients", READING_SECONDS, quotients.ask_again),
        Job("forget_readings", FORGET_SECONDS, quotients.forget),
        Job("forget_owners", FORGET_SECONDS, forget_owners),
        Job("forget_bulk_decisions", FORGET_SECONDS, forget_batches),
        CHECKING.job,
    ]
