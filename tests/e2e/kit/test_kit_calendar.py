"""The calendar is a form that works by itself; with scripts it is a grid for the keyboard, priced as one goes."""

import re

from playwright.sync_api import Locator, Page, Route, expect

MONDAY, TUESDAY, THURSDAY, FRIDAY = "lundi 7", "mardi 8", "jeudi 10", "vendredi 11"
BLUE = "rgb(26, 86, 176)"
ORANGE = "rgb(216, 108, 0)"


def cell(page: Page, child: str, day: str, activity: str = "Restauration scolaire") -> Locator:
    """The control of a child's day, found by its name as a screen reader says it."""
    label = re.compile(f"^{child}, {activity}, {day}")
    return page.get_by_label(label).and_(page.locator("input, button"))


def focused(page: Page) -> str:
    """The name of the control that has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"))


def border(page: Page, child: str, day: str) -> str:
    """The color around a cell."""
    face = cell(page, child, day).locator("xpath=following-sibling::span")
    return str(face.evaluate("element => getComputedStyle(element).borderTopColor"))


def test_an_orange_day_turns_blue_and_is_posted_without_scripts(plain_page: Page, gallery: str) -> None:
    plain_page.emulate_media(reduced_motion="reduce")
    plain_page.goto(f"{gallery}/calendar")
    assert border(plain_page, "Lina", THURSDAY) == ORANGE
    cell(plain_page, "Lina", THURSDAY).check()
    assert border(plain_page, "Lina", THURSDAY) == BLUE
    cell(plain_page, "Lina", TUESDAY).uncheck()
    plain_page.get_by_role("button", name="Voir le prix").click()
    basket = plain_page.get_by_role("region", name="Vos choix")
    expect(basket).to_contain_text("Lina, jeudi 10 septembre")
    expect(basket).to_contain_text("quotient familial de 650,00")
    expect(basket).to_contain_text("À annuler")
    expect(plain_page.get_by_text("1 jour à réserver, 1 à annuler")).to_be_visible()
    assert cell(plain_page, "Lina", THURSDAY).is_checked()
    assert not cell(plain_page, "Lina", TUESDAY).is_checked()
    assert plain_page.locator("[name=quoted_total_cents]").input_value() == "840"
    expect(plain_page.get_by_role("button", name="Valider", exact=True)).to_be_visible()


def test_a_day_that_cannot_change_says_why_without_scripts(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/calendar")
    locked = cell(plain_page, "Lina", MONDAY)
    assert "La date limite d’annulation est passée" in (locked.get_attribute("aria-label") or "")
    locked.focus()
    plain_page.keyboard.press("Enter")
    reason = plain_page.locator(".why:popover-open")
    expect(reason).to_contain_text("contactez le service enfance")
    plain_page.keyboard.press("Escape")
    expect(reason).to_have_count(0)


def test_each_state_has_its_own_icon_border_and_words(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/calendar")
    rows = plain_page.locator(".legend li")
    looks = set()
    for row in rows.all():
        icon = row.locator("use").get_attribute("href")
        style = row.locator(".face").evaluate(
            "e => { const s = getComputedStyle(e); return s.borderTopStyle + s.borderTopWidth + s.backgroundColor + s.backgroundImage }"
        )
        words = row.locator("strong").inner_text()
        looks.add((icon, style))
        assert words
    assert len(looks) == rows.count() == 11


def test_the_arrows_walk_the_grid_from_one_tab_stop(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/calendar")
    expect(page.get_by_role("grid")).to_have_count(1)
    assert page.locator("[data-grid] [tabindex='0']").count() == 1
    cell(page, "Lina", MONDAY).focus()
    steps = (
        ("ArrowRight", "Lina, Restauration scolaire, mardi 8"),
        ("ArrowRight", "Lina, Restauration scolaire, jeudi 10"),
        ("ArrowDown", "Sacha, Restauration scolaire, jeudi 10"),
        ("End", "Sacha, Restauration scolaire, vendredi 11"),
        ("ArrowRight", "Sacha, Restauration scolaire, vendredi 11"),
        ("Home", "Sacha, Restauration scolaire, lundi 7"),
        ("ArrowUp", "Lina, Restauration scolaire, lundi 7"),
        ("Control+End", "Sacha, Accueil de loisirs du mercredi, mercredi 9"),
        ("Control+Home", "Lina, Restauration scolaire, lundi 7"),
    )
    for key, name in steps:
        page.keyboard.press(key)
        assert focused(page).replace("\u00a0", " ").startswith(name), key
        assert page.locator("[data-grid] [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-grid]') === null")
    page.keyboard.press("Shift+Tab")
    assert focused(page).startswith("Lina, Restauration scolaire, lundi")


def test_keys_pick_a_day_a_row_and_a_column_and_the_focus_stays(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/calendar")
    thursday = cell(page, "Lina", THURSDAY)
    thursday.focus()
    page.keyboard.press("Space")
    expect(thursday).to_be_checked()
    page.keyboard.press("Shift+Space")
    expect(cell(page, "Lina", FRIDAY)).to_be_checked()
    expect(cell(page, "Sacha", THURSDAY)).not_to_be_checked()
    page.keyboard.press("Control+Space")
    expect(cell(page, "Sacha", THURSDAY)).to_be_checked()
    expect(page.locator("[data-live]")).to_have_text(re.compile("^3 jours à réserver, total 25,20"))
    assert focused(page).startswith("Lina, Restauration scolaire, jeudi")
    page.keyboard.press("?")
    assert focused(page) == "Légende du calendrier"


def test_page_down_shows_the_next_week_and_keeps_the_choices(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/calendar")
    cell(page, "Lina", THURSDAY).check()
    cell(page, "Lina", THURSDAY).focus()
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/calendar")) as asked:
        page.keyboard.press("PageDown")
    posted = asked.value.post_data or ""
    assert "go=2026-09-14" in posted
    assert "slot=00000000-0000-0000-0000-000000000001" in posted


def test_a_late_answer_never_replaces_a_newer_price(page: Page, gallery: str) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/quote", hold_the_first)
    page.goto(f"{gallery}/calendar")
    with page.expect_request("**/quote"):
        cell(page, "Lina", THURSDAY).check()
    cell(page, "Lina", FRIDAY).check()
    total = page.locator(".basket-bar strong")
    expect(total).to_have_text(re.compile("16,80"))
    held[0].fulfill(body="<div data-basket data-announce='vieux prix'></div>", content_type="text/html")
    cell(page, "Sacha", FRIDAY).check()
    expect(total).to_have_text(re.compile("25,20"))
    expect(page.locator("[data-live]")).not_to_have_text("vieux prix")


def test_whoever_is_signed_out_meanwhile_is_told_so(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/calendar")
    page.route("**/quote", lambda route: route.fulfill(status=303, headers={"Location": "/gallery"}))
    page.get_by_role("checkbox").first.click(force=True)
    expect(page.locator("[data-live]")).to_have_text(re.compile("^Votre session a pris fin"))


def test_a_price_that_cannot_be_had_is_said(page: Page, gallery: str) -> None:
    page.route("**/quote", lambda route: route.fulfill(status=503))
    page.goto(f"{gallery}/calendar")
    cell(page, "Lina", THURSDAY).check()
    expect(page.locator("[data-live]")).to_have_text(re.compile("^Le prix n’a pas pu être calculé"))
    expect(cell(page, "Lina", THURSDAY)).to_be_checked()
    expect(page.get_by_role("button", name="Voir le prix")).to_be_visible()
