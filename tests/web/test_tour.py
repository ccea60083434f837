"""Help on the pages: the tour, and the explanations of terms."""

from __future__ import annotations


def test_the_tour_is_offered_once_leads_over_five_pages_and_ends_with_escape(empty_dashboard, open_page):
    page = open_page(empty_dashboard.url)
    page.get_by_text("New here?").wait_for()
    card = page.locator("#tour-card")
    assert card.is_hidden()  # it is offered, and does not begin by itself
    page.locator(".tour-offer .start-tour").click()
    for number, name in enumerate(("Dataset", "Train", "Inference", "Review", "Explore")):
        card.get_by_role("heading", name=f"{number + 1} of 5: {name}").wait_for()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        if name == "Train":
            page.reload()  # the tour goes on
            card.get_by_role("heading", name="2 of 5: Train").wait_for()
        page.get_by_role("button", name="Finish" if name == "Explore" else "Next", exact=True).click()
    card.wait_for(state="hidden")
    page.locator(".navigation .start-tour").click()  # found again
    card.get_by_role("heading", name="1 of 5").wait_for()
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    page.goto(empty_dashboard.url)
    page.get_by_text("0 drawings in all").wait_for()
    assert page.get_by_text("New here?").is_hidden()


def test_a_term_is_explained_on_focus_and_hover_and_links_to_the_documentation(dashboard, open_page):
    page = open_page(dashboard.url)
    button = page.get_by_role("button", name="What is R, the sunspot number?")
    button.focus()
    text = page.locator(".term-text")
    text.get_by_text("R = k (10 g + s)").wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    text.wait_for(state="detached")
    page.mouse.move(2, 2)
    button.hover()
    text.wait_for()
    page.keyboard.press("Tab")  # from the button, which has the focus still, to the link
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.locator(".docs details[open] summary", has_text="Sunspot number").wait_for()
    opened.value.close()
