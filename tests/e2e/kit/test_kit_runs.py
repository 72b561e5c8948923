"""A run at work tells its progress without a reload, and loads its report once it is done; without scripts a link does."""

from playwright.sync_api import Page, Route, expect

LOOK_MS = 4_500


def test_progress_is_told_without_a_reload_and_the_report_at_the_end(page: Page, gallery: str) -> None:
    page.clock.install()
    page.goto(f"{gallery}/run")
    region, link = page.locator("[data-run-progress]"), page.get_by_role("link", name="Actualiser")
    before, answers = region.inner_text(), ["30", "", "gone"]
    link.focus()

    def answer(route: Route) -> None:
        match answers.pop(0):
            case "gone":
                route.fulfill(body="<!doctype html><title>Rapport</title><h1>Rapport</h1>", content_type="text/html")
            case "":
                route.abort()
            case count:
                read = route.fetch()
                route.fulfill(response=read, body=read.text().replace(before.splitlines()[0], f"{count} foyers"))

    page.route(f"{gallery}/run", answer)
    page.clock.fast_forward(LOOK_MS)
    expect(region).to_contain_text("30 foyers")
    expect(link).to_be_focused()
    page.clock.fast_forward(LOOK_MS)
    expect(region).to_contain_text("30 foyers")
    answers.append("gone")
    page.clock.fast_forward(LOOK_MS)
    expect(page.get_by_role("heading", name="Rapport")).to_be_visible()


def test_without_scripts_a_link_asks_again(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/run")
    expect(plain_page.locator("[data-run-progress]")).to_be_visible()
    plain_page.get_by_role("link", name="Actualiser").click()
    expect(plain_page.locator("[data-run-progress]")).to_be_visible()
