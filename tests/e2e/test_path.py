"""The path of a family, walked in a real browser with scripts on and off: invited, enrolled, booked, invoiced, paid, told.

Each test begins with a family at the stage that it needs: as the test before left it, or brought there without a browser.
"""

import io
import re

import httpx2
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e import walk as steps
from tests.e2e.browser import overflow
from tests.e2e.stages import MODES, WalkAt, Walks
from tests.e2e.walk import CENTRE, PASSWORD, Stage, fill_household, press
from tools.mailbox import credentials_of

both_modes = pytest.mark.parametrize("mode", MODES, scope="class")
POLICY = "au minimum 8 caractère(s) dont au moins : 1 minuscule(s), 1 chiffre(s)"


@both_modes
class TestInvitedEnrolledAndBooked:
    """Steps 1 to 4: from the agent's form to the confirmed days."""

    def test_agent_opens_a_household(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.UNKNOWN)
        fill_household(page := walk.open("agent", "/agents/familles/nouvelle"), walk)
        press(page, "Créer le dossier")
        expect(page.locator("h1")).to_contain_text(walk.family, ignore_case=True)
        assert walk.violations(page) == []
        walk.stage = Stage.INVITED

    def test_welcome_mail_carries_credentials(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.INVITED)
        mail = walk.mail("Votre espace personnel")
        assert "nepasrepondre@valmont-sur-orne.example" in mail["from"]
        assert "Ville de Valmont-sur-Orne" in mail["from"]
        walk.mailed = credentials_of(mail["text"])
        assert walk.credentials.username in mail["html"]
        assert walk.credentials.password in mail["html"]

    def test_sign_in_is_refused_before_activation(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.INVITED)
        page = walk.sign_in("parent", walk.credentials.username, walk.credentials.password)
        expect(page.locator(".alert.error")).to_contain_text("activ")

    def test_link_leads_to_the_portal_and_activates(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.INVITED)
        page = walk.page("parent")
        page.goto(walk.credentials.link)
        assert page.url == f"{walk.stack.portal_url}/activation"
        press(page, "Activer mon espace")
        expect(page.locator(".alert.success")).to_contain_text("Votre espace personnel est activé")
        expect(page.locator("header a.home")).to_be_visible()
        walk.stage = Stage.ACTIVATED

    def test_link_works_once(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.ACTIVATED)
        page = walk.page("second")
        page.goto(walk.credentials.link)
        expect(page.locator(".alert.error")).to_be_visible()
        expect(page.locator("button", has_text="Activer mon espace")).to_have_count(0)

    def test_first_sign_in_forces_personal_credentials(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.ACTIVATED)
        page = walk.sign_in("parent", walk.credentials.username, walk.credentials.password)
        expect(page.locator("h1")).to_have_text(re.compile("Modification de vos identifiants", re.IGNORECASE))
        expect(page.locator("main")).to_contain_text("Votre mot de passe ayant été généré automatiquement")
        expect(page.locator("main")).to_contain_text(POLICY)
        walk.open("parent", "/mon-accueil")
        assert page.url.endswith("/premiere-connexion/identifiants")
        walk.stage = Stage.SIGNED_IN

    def test_wrong_credentials_are_explained_and_what_was_typed_is_kept(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.SIGNED_IN)
        page = walk.page("parent")
        page.fill("[name=username]", walk.username)
        page.fill("[name=password]", "court")
        page.fill("[name=password_confirmation]", "autre")
        press(page, "Valider")
        expect(page.locator("[data-error-summary] li")).not_to_have_count(0)
        expect(page.locator("[name=username]")).to_have_value(walk.username)
        expect(page.locator("[name=password]")).to_have_value("")
        assert walk.violations(page) == []

    def test_personal_credentials_are_chosen(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.SIGNED_IN)
        page = walk.page("parent")
        page.fill("[name=username]", walk.username)
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=password_confirmation]", PASSWORD)
        press(page, "Valider")
        expect(page.locator("h1")).to_have_text("Conditions générales d’utilisation")
        walk.stage = Stage.CHOSEN

    def test_terms_are_read_to_their_end_and_accepted(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.CHOSEN)
        page = walk.page("parent")
        expect(page.locator("main")).to_contain_text("veuillez prendre connaissance des CGU ci-dessous")
        expect(page.locator("main")).to_contain_text("mission d’intérêt public")
        if walk.is_scripted:
            expect(page.locator("[name=is_accepted]")).to_be_disabled()
            page.click("[data-to-end]")
        page.check("[name=is_accepted]")
        press(page, "Suivant")
        expect(page.locator("h1")).to_have_text(re.compile("^Bonjour"))
        walk.stage = Stage.AT_HOME

    def test_home_page_greets_and_shows_the_household(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.AT_HOME)
        page = walk.open("parent", "/mon-accueil")
        expect(page.locator("h1")).to_have_text(f"Bonjour Monsieur {walk.family.upper()}.")
        expect(page.locator(".account")).to_contain_text(walk.family)
        main = page.locator("main")
        household = ("4 rue des Lilas", "14000 Valmont-sur-Orne", "06 12 34 56 78", walk.email, "Zoé")
        for text in (*household, "Mon espace", "Mon tableau de bord", "Ma famille", "Mes factures", "Autres espaces"):
            expect(main).to_contain_text(text)
        assert walk.violations(page) == []
        assert overflow(page) == 0

    def test_previous_sign_in_is_shown_from_the_second_time(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.AT_HOME)
        page = walk.page("parent")
        page.click(".account")
        page.click("button:has-text('Se déconnecter')")
        expect(page.locator(".alert.success")).to_contain_text("déconnecté")
        walk.sign_in("parent", walk.username, PASSWORD)
        expect(page.locator(".hero")).to_contain_text(re.compile(r"Dernière connexion le \d\d/\d\d/\d{4} à \d\d:\d\d"))

    def test_parent_asks_for_an_enrollment(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.AT_HOME)
        page = walk.open("parent", "/inscriptions/nouvelle")
        page.select_option("[name=child_id]", label="Zoé")
        page.select_option("[name=activity_id]", index=steps.option(page, CENTRE))
        press(page, "Envoyer la demande")
        expect(page.locator(".alert.success")).to_contain_text("envoyée à la mairie")
        expect(page.locator("main")).to_contain_text("En attente de validation")
        walk.stage = Stage.REQUESTED

    def test_calendar_stays_closed_until_the_agent_validates(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.REQUESTED)
        page = walk.open("parent", "/calendrier")
        expect(page.locator(".marker").first).to_contain_text("?")
        expect(page.locator("input[name=slot]")).to_have_count(0)

    def test_agent_validates_the_enrollment(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.REQUESTED)
        page = walk.open("agent", "/agents/inscriptions")
        request = page.locator("tr, li, article", has_text=walk.family).first
        request.locator("button:has-text('Valider')").click()
        expect(page.locator(".alert.success")).to_be_visible()
        assert "validée" in walk.mail("validée")["subject"]
        walk.stage = Stage.VALIDATED

    def test_calendar_opens_with_its_days_in_orange(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.VALIDATED)
        page = walk.open("parent", "/calendrier")
        expect(page.locator(".marker").first).to_contain_text("V")
        expect(page.locator(".cell[data-state=bookable] input[name=slot]")).to_have_count(1)
        assert walk.violations(page) == []
        assert overflow(page) == 0

    def test_two_wednesdays_are_priced_before_they_are_confirmed(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.VALIDATED)
        page = walk.open("parent", "/calendrier")
        steps.tick_wednesdays(page, walk)
        expect(page.locator("[data-basket]")).to_contain_text("33,60")
        expect(page.locator("[data-basket]")).to_contain_text("tarif maximum")
        expect(page.locator("[data-basket] li")).to_have_count(2)

    def test_confirmation_is_shown_and_mailed(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.VALIDATED)
        page = walk.open("parent", "/calendrier")
        steps.tick_wednesdays(page, walk)
        expect(page.locator("[data-basket] li")).to_have_count(2)
        press(page, "Valider")
        expect(page.locator(".alert.success")).to_contain_text("Vos réservations sont confirmées")
        expect(page.locator("table .cell[data-state=booked]")).to_have_count(1)
        mail = walk.mail("éservation")
        assert "Zoé" in mail["text"]
        assert CENTRE in mail["text"]
        walk.stage = Stage.BOOKED


class TestLastPlace:
    """Step 4, the other half: one place left, two families."""

    def test_last_place_goes_to_one_and_the_other_is_told_what_to_do(self, walks: Walks) -> None:
        first, second = walks.both(Stage.VALIDATED, Stage.BOOKED)
        day = first.wednesdays(3)[2]
        page = first.open("agent", "/agents/ouvertures")
        page.select_option("[name=activity_id]", index=steps.option(page, CENTRE))
        page.fill("[name=from_on]", day.isoformat())
        page.fill("[name=to_on]", day.isoformat())
        page.fill("[name=capacity]", "1")
        press(page, "Ouvrir ces jours")
        expect(page.locator(".alert.success").first).to_be_visible()
        for walk in (first, second):
            page = walk.open("parent", f"/calendrier?semaine={day}")
            page.check("input[type=checkbox][name=slot]")
            if not walk.is_scripted:
                press(page, "Voir le prix")
            expect(page.locator("[data-basket]")).to_contain_text("16,80")
        winner, loser = (walk.page("parent") for walk in (first, second))
        press(winner, "Valider")
        expect(winner.locator(".alert.success")).to_contain_text("confirmées")
        press(loser, "Valider")
        expect(loser.locator(".alert.error").first).to_contain_text("Zoé")
        expect(loser.locator(".alert.error").first).to_contain_text("place")
        expect(loser.locator("table .cell[data-state=full]")).to_have_count(1)


class TestInvoiced:
    """Step 5, once for the town: the day's sheet and the month's run."""

    def test_agent_closes_the_attendance_sheet(self, walks: Walks) -> None:
        walk, other = walks.both(Stage.BOOKED)
        page = walk.open("agent", f"/agents/pointage?semaine={walk.today}")
        row = page.locator("tr, li, article", has_text=CENTRE).first
        row.locator("a").first.click()
        expect(page.locator("input[type=radio][value=present]").first).to_be_attached()
        for radio in page.locator("input[type=radio][value=present]").all():
            radio.check()
        page.click("button[name=step][value=close] >> visible=true")
        expect(page.locator(".alert.success").first).to_be_visible()
        walk.stage = other.stage = Stage.ATTENDED

    def test_month_is_drafted_reviewed_and_issued(self, walks: Walks) -> None:
        walk, other = walks.both(Stage.ATTENDED)
        page = walk.open("finance", "/agents/facturation")
        page.fill("[name=period]", f"{walk.today:%Y-%m}")
        press(page, "Calculer le brouillon")
        steps.reload_until(page, "button:has-text('J’ai relu')")
        for shown in (walk, other):
            expect(page.locator("main")).to_contain_text(shown.family, ignore_case=True)
        expect(page.locator("main")).to_contain_text("33,60")
        for box in page.locator("[name=is_confirmed]").all():
            box.check()
        press(page, "J’ai relu")
        press(page, "Émettre")
        steps.reload_until(page, "td:has-text('-0000')")
        assert walk.violations(page) == []
        walk.stage = other.stage = Stage.ISSUED


@both_modes
class TestPaid:
    """Step 6: the invoice is announced, printed, paid once and receipted."""

    def test_invoice_is_numbered_announced_and_printable(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.ISSUED)
        page = walk.open("parent", "/factures")
        mail = walk.mail("acture")
        page.reload()
        number = page.locator("main td a, main th a").first.inner_text()
        assert number in mail["text"]
        link = page.locator("a[href$='/pdf']").first.get_attribute("href")
        document = walk.download("parent", str(link))
        text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(document.content)).pages)
        assert number in text
        assert "16,80" in text

    def test_parent_pays_through_the_provider(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.ISSUED)
        page = walk.open("parent", "/factures")
        page.locator("main td a, main th a").first.click()
        press(page, "Payer")
        assert page.url.startswith(walk.stack.url("payfip"))
        expect(page.locator("body")).to_contain_text("16,80")
        expect(page.locator("body")).to_contain_text(walk.email)
        steps.pay_by_card(page)
        page.click("a:has-text('Retourner sur le site')")
        expect(page.locator(".alert.success")).to_contain_text("est payée")
        expect(page.locator("main")).to_contain_text("Numéro d’autorisation")
        walk.stage = Stage.PAID

    def test_receipt_is_mailed_and_the_invoice_is_paid_once(self, walk_at: WalkAt) -> None:
        walk = walk_at(Stage.PAID)
        assert "16,80" in walk.mail("aiement")["text"]
        page = walk.open("parent", "/factures")
        expect(page.locator("main")).to_contain_text("Payée")
        page.locator("main td a, main th a").first.click()
        expect(page.locator("button:has-text('Payer')")).to_have_count(0)
        mails = httpx2.get(f"{walk.stack.url('mail')}/api/messages", params={"to": walk.email}).json()
        assert len([m for m in mails if "aiement" in m["subject"]]) == 1

    def test_other_families_see_nothing_of_it(self, walks: Walks, mode: str) -> None:
        walk = walks.at(mode, Stage.ISSUED, Stage.PAID)
        (other,) = (walks.at(other_mode, Stage.ISSUED, Stage.PAID) for other_mode in MODES if other_mode != mode)
        page = walk.open("parent", "/factures")
        link = str(page.locator("a[href$='/pdf']").first.get_attribute("href"))
        assert walk.download("parent", link).status_code == 200
        assert other.download("parent", link).status_code == 404
        assert other.download("parent", link.removesuffix("/pdf")).status_code == 404
        assert other.download("parent", "/agents/familles").status_code == 404
