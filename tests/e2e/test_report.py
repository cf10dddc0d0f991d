"""The report opens anywhere: one file, no network, in a browser that people have."""

import pytest
from conftest import snakemake

PAGES = ("Overview", "Scores", "Models", "Model card", "Certificate", "Figures", "Data", "Set-up")


@pytest.fixture(scope="module")
def report(built, copied):
    """The report of the tiny world."""
    world = copied(built)
    style = ("--report-stylesheet", "workflow/report/style.css")
    snakemake(world, "--report", "results/report.html", *style)
    return world / "results/report.html"


@pytest.fixture(
    params=[
        pytest.param((1280, 800), id="desktop"),
        pytest.param((390, 844), id="phone", marks=pytest.mark.slow),
    ]
)
def page(request, browser, report):
    """The opened report, which must neither complain nor ask for anything."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page, wrong = context.new_page(), []
    page.set_default_timeout(20_000)
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda asked: asked.url.startswith(("file:", "data:", "blob:")) or wrong.append(asked.url),
    )
    page.goto(report.as_uri())
    page.frame_locator("iframe.answer").locator("tbody tr").first.wait_for()
    yield page
    assert not wrong
    context.close()


def choose(page, category, label):
    """Go to a result by its category and label; on a phone the menu is opened, and closed."""
    if page.viewport_size["width"] < 700:
        page.locator("#app .fixed a[type=button]").first.click()
    page.get_by_text(category, exact=True).first.click()
    row = page.locator("tr", has_text=label).first
    row.locator("a").first.click()
    if page.viewport_size["width"] < 700:
        page.locator("nav a[type=button]").first.click()


def opened(page, category, label):
    """Go to a page of the report, and give the frame that shows it."""
    choose(page, category, label)
    return page.frame_locator("iframe").first


def test_it_opens_with_the_answer(page):
    answer = page.locator("iframe.answer")
    assert answer.count() == 1
    rows = answer.content_frame.locator("tbody tr").all_inner_texts()
    assert len(rows) == 2 and "low tone" in rows[0] and "high tone" in rows[1]
    # All of it is seen without a bar of its own, at its top, and the graph of rules lies below.
    inner = answer.content_frame.locator("html")
    page.wait_for_function(
        "frame => frame.clientHeight >= frame.contentDocument.body.scrollHeight",
        arg=answer.element_handle(),
    )
    assert inner.evaluate("each => each.scrollWidth <= each.clientWidth")
    box, graph = answer.bounding_box(), page.locator("#app #rulegraph").bounding_box()
    assert box["y"] < 40 and graph["y"] >= box["y"] + box["height"]
    assert box["x"] < (300 if page.viewport_size["width"] > 700 else 20)


def test_the_answer_leads_to_what_the_report_holds(page):
    page.frame_locator("iframe.answer").get_by_text("All scores").click()
    page.frame_locator("iframe:not(.answer)").locator("button.source").first.wait_for()


def test_every_kind_of_result_is_there(page):
    for category in PAGES:
        assert page.get_by_text(category, exact=True).count()


def test_a_figure_is_seen(page):
    choose(page, "Figures", "reliability")
    image = page.locator("img[src^='data:image/svg']").last
    image.wait_for()
    assert image.evaluate("each => each.naturalWidth") > 100


def test_the_table_of_scores_is_filtered_and_leads_to_sources(page):
    frame = opened(page, "Scores", "all scores")
    frame.locator("tbody tr").first.wait_for()
    assert frame.locator("#count").inner_text() == "26 of 26 rows"
    frame.locator("select[data-filter=subset]").select_option("test")
    frame.locator("select[data-filter=dataset]").select_option("combined")
    assert frame.locator("#count").inner_text() == "4 of 26 rows"
    frame.locator("select[data-filter=experiments]").select_option("optimism")
    assert frame.locator("#count").inner_text() == "0 of 26 rows"
    frame.locator("select[data-filter=experiments]").select_option("datasets")
    frame.locator("button.source").first.click()
    shown = frame.locator("dialog").inner_text()
    assert "snakemake --cores 1 -- results/training/given/small/combined/linear" in shown
    assert "weights_sha256" in shown
    frame.locator("dialog button").click()
    # The browser tells the page that it was closed a moment later.
    frame.locator("dialog").wait_for(state="detached")


def test_a_column_sorts_by_number(page):
    frame = opened(page, "Scores", "all scores")
    frame.get_by_role("button", name="f1 macro", exact=True).click()
    place = frame.locator("th").all_inner_texts().index("f1 macro ↓")
    cells = frame.locator(f"tbody td:nth-child({place + 1})").all_inner_texts()
    values = [float(cell) for cell in cells if cell]
    assert len(values) > 5
    assert values == sorted(values, reverse=True)


def test_the_certificate_can_be_read(page):
    frame = opened(page, "Certificate", "leakage")
    assert "leaks by design" in frame.locator("table").inner_text()


def test_the_model_card_says_what_scores_do_not(page):
    frame = opened(page, "Model card", "best model")
    text = frame.locator("main").inner_text()
    assert "random weights" in text
    assert "A clip without an annotation counts as one without a call" in text
    assert "low tone (LOW)" in text
