"""The terms of use open to acceptance once their end was reached, whatever one reads with; without scripts they are open."""

import pytest
from playwright.sync_api import Locator, Page, expect

GREEN = "rgb(29, 107, 67)"


def accept(page: Page, name: str) -> Locator:
    """The control that accepts."""
    role = "checkbox" if name == "terms_box" else "button"
    return page.locator(f"[name=is_accepted]{'[type=checkbox]' if role == 'checkbox' else ''}")


@pytest.mark.parametrize("way", ["scroll", "keyboard", "link"])
@pytest.mark.parametrize("name", ["terms_box", "terms_button"])
def test_acceptance_opens_at_the_end(page: Page, gallery: str, name: str, way: str) -> None:
    page.goto(f"{gallery}/{name}")
    control = accept(page, name)
    expect(control).to_be_disabled()
    expect(page.get_by_role("status").filter(has_text="Lisez le document jusqu’à la fin")).to_have_count(1)
    if way == "scroll":
        page.locator("[data-terms-end]").scroll_into_view_if_needed()
    elif way == "keyboard":
        page.keyboard.press("End")
    else:
        page.get_by_role("link", name="Aller à la fin du document").press("Enter")
    expect(control).to_be_enabled()
    expect(page.get_by_role("status").filter(has_text="Vous êtes arrivé à la fin")).to_have_count(1)


def test_the_button_turns_green(page: Page, gallery: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{gallery}/terms_button")
    button = accept(page, "terms_button")
    assert button.evaluate("element => getComputedStyle(element).backgroundColor") != GREEN
    page.keyboard.press("End")
    expect(button).to_have_css("background-color", GREEN)


@pytest.mark.parametrize("name", ["terms_box", "terms_button"])
def test_acceptance_is_open_without_scripts(plain_page: Page, gallery: str, name: str) -> None:
    plain_page.goto(f"{gallery}/{name}")
    expect(accept(plain_page, name)).to_be_enabled()


def test_enter_answers_next_and_previous_keeps_what_was_typed(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/terms_box")
    accept(plain_page, "terms_box").check()
    with plain_page.expect_request(lambda request: request.method == "POST") as asked:
        plain_page.get_by_role("button", name="Précédent").click()
    assert "is_accepted=true" in (asked.value.post_data or "")
    assert "step=previous" in (asked.value.post_data or "")
    accept(plain_page, "terms_box").focus()
    with plain_page.expect_request(lambda request: request.method == "POST") as asked:
        plain_page.keyboard.press("Enter")
    assert "step=next" in (asked.value.post_data or "")
