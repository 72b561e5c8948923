"""Forms: errors are found and reached, passwords can be looked at, and nothing is sent twice."""

import re

from playwright.sync_api import Page, Request, Route, expect


def test_the_errors_stand_on_top_with_the_focus_and_lead_to_their_fields(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/gallery")
    assert plain_page.title().startswith("Erreur")
    summary = plain_page.get_by_role("region", name="5 informations sont à corriger")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("Il manque le signe @")).click()
    plain_page.keyboard.press("End")
    plain_page.keyboard.type("!")
    field = plain_page.get_by_role("textbox", name="Courriel", exact=True)
    assert field.input_value() == "testeur(at)exemple.fr!"
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    texts = [plain_page.locator(f"#{name}").inner_text() for name in described]
    assert any("prenom.nom@exemple.fr" in text for text in texts)
    assert "Nous y envoyons vos confirmations." in texts


def test_what_was_typed_is_kept(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/gallery")
    assert plain_page.get_by_label("Nom de famille").input_value() == "Testeur"
    assert plain_page.get_by_label("Madame").is_checked()
    assert plain_page.get_by_label("Sans viande").is_checked()
    assert plain_page.get_by_label("Nouveau mot de passe").input_value() == ""


def test_a_password_can_be_shown_and_its_policy_is_ticked(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery")
    field = page.get_by_role("textbox", name="Nouveau mot de passe")
    field.fill("maison")
    rules = page.locator("[data-rule]")
    expect(rules.filter(has_text="1 minuscule")).to_have_class("met")
    expect(rules.filter(has_text="8 caractères")).not_to_have_class("met")
    field.fill("maison42")
    expect(page.locator("[data-rule].met")).to_have_count(3)
    button = page.get_by_role("button", name="Afficher le mot de passe")
    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")


def test_a_double_click_sends_once_and_coming_back_opens_the_form_again(page: Page, gallery: str) -> None:
    posts: list[Request] = []

    def stay(route: Route) -> None:
        """Answer that there is nothing new to show, so that the page stays."""
        if route.request.method == "POST":
            posts.append(route.request)
            route.fulfill(status=204)
        else:
            route.continue_()

    page.route("**/gallery", stay)
    page.goto(f"{gallery}/gallery")
    button = page.get_by_role("button", name="Enregistrer")
    press = "button => button.click()"
    for sent in (1, 2):
        with page.expect_request(lambda request: request.method == "POST"):
            button.evaluate(press)
        expect(button).to_have_attribute("aria-busy", "true")
        button.evaluate(press)
        page.evaluate("fetch('/theme.css').then(answer => answer.text())")
        assert len(posts) == sent
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
        expect(button).not_to_have_attribute("aria-busy", "true")
