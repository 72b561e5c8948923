"""Passkeys in a browser, with the authenticator that Chromium has for tests: added, signed in with, and a proof of who one is."""

from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.browser import WIDTHS, axe_violations, open_page, overflow
from tests.e2e.topics import in_thread
from tests.e2e.towns.test_step_up import confirm_by_mail
from tests.e2e.towns.town import PASSWORD, GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

REQUESTS_MAX = 10
BUTTON = "Me connecter avec une clé d’accès"


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """An authenticator beside the page, as a telephone has one: it keeps passkeys, and knows its user at once."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, str(added["authenticatorId"])


def fits(page: Page) -> None:
    """The page fits every screen, and axe has nothing against it."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0, f"{page.url} scrolls sideways at {width} px"
    assert axe_violations(page) == []


@in_towns("structure")
def test_a_family_signs_in_and_proves_itself_with_a_passkey(town: GuideTown, browser: Browser) -> None:
    newcomer, _ = in_thread(town.at_home())
    login = newcomer.email if town.is_by_email else town.own_credentials(newcomer)["username"]
    portal, complaints = town.stack.portal_url, list[str]()
    page = open_page(browser)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    devtools, telephone = authenticator(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{portal}/connexion", wait_until="networkidle")
    assert len(set(asked)) <= REQUESTS_MAX, asked
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    press(page, "Connexion")

    # What is added after a proof is one at once.
    page.goto(f"{portal}/mes-coordonnees")
    page.fill("[name=phone]", "06 12 00 00 02")
    press(page, "Enregistrer")
    confirm_by_mail(town, page, newcomer.email)
    expect(page.locator("[name=phone]")).to_have_value("06 12 00 00 02")
    page.goto(f"{portal}/mes-cles-d-acces")
    page.fill("[name=current_password]", PASSWORD)
    press(page, "Continuer")
    expect(page.get_by_text("JavaScript")).to_have_count(0)
    fits(page)
    page.fill("[name=name]", "Téléphone")
    press(page, "Créer la clé d’accès")
    expect(page.locator("main")).to_contain_text("La clé d’accès est ajoutée")
    fits(page)
    mail = town.mail(newcomer.email, "Un changement de sécurité sur votre compte")
    assert "clé d’accès" in mail["text"]
    page.context.clear_cookies()

    page.goto(f"{portal}/mes-coordonnees")
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    fits(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": telephone, "isUserVerified": False})
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("Aucune clé d’accès n’a répondu")).to_be_visible(timeout=30_000)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": telephone, "isUserVerified": True})
    press(page, BUTTON)
    page.wait_for_url(f"{portal}/mes-coordonnees")

    page.fill("[name=phone]", "06 12 00 00 03")
    press(page, "Enregistrer")
    expect(page.locator("h1")).to_have_text("Confirmer que c’est bien vous")
    fits(page)
    press(page, "Utiliser ma clé d’accès")
    expect(page.locator("main")).to_contain_text("rien n’a encore été enregistré")
    expect(page.locator("[name=phone]")).to_have_value("06 12 00 00 03")
    assert len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": telephone})["credentials"]) == 1
    assert complaints == []
    page.context.close()


@in_towns("structure")
def test_whoever_has_no_scripts_or_no_passkeys_signs_in_as_before(town: GuideTown, browser: Browser) -> None:
    for has_scripts in (False, True):
        page = open_page(browser, java_script_enabled=has_scripts)
        page.add_init_script("delete window.PublicKeyCredential")
        page.goto(f"{town.stack.portal_url}/connexion")
        expect(page.locator("[name=password]")).to_be_visible()
        expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
        page.context.close()
