"""An expert goes through a queue in a browser: by keyboard, with a break, to verdicts in a file."""

import csv
import io
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile as sf

import render_review
from anurans.common.tables import read_table, write_table
from anurans.report.review_server import ReviewServer
from anurans.review.queues import QUEUE
from anurans.review.review_page import VERDICT

SR = 22050
SPECIES = {"LOW": "Boana lundii", "MID": "Boana albopunctata", "HIGH": "high tone"}
RULE = "its calls cover at least 0.25 s of the clip, or at least half of one call lies in the clip"
# Questions of one species, the last of all three; a cell that a spreadsheet would compute.
ROWS = [
    {
        **{"queue": "check-1", "kind": "check", "question": f"q{n}", "recording": "REC"},
        **{"start": f"{5 * n:.6f}", "end": f"{5 * n + 5:.6f}", "species": species},
        **{"stratum": "high", "stratum_size": 40, "stratum_drawn": 8, "probability": 0.2},
        **{"score": 0.987654, "model": "3f9ac1", "why": "=stratum high"},
        **{"event_start": 5 * n + 1, "event_end": 5 * n + 3, "fmin": 700, "fmax": 900},
    }
    for n in range(10)
    for species in (SPECIES if n == 9 else ["LOW"])
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with the page of the queue."""
    folder = tmp_path_factory.mktemp("review")
    time = np.arange(50 * SR) / SR
    sound = 0.1 * np.sin(2 * np.pi * 800 * time) * (time % 5 < 3)
    sf.write(folder / "REC.wav", sound, SR, subtype="PCM_16")
    write_table(folder / "check-1.csv", QUEUE, ROWS)
    of = {"recording": "REC", "path": str(folder / "REC.wav"), "site": "POND"}
    of |= {"date": "2021-01-15", "time": "20:00:00"}
    write_table(folder / "recordings.csv", list(of), [of])
    render_review.main(
        SimpleNamespace(
            queue=str(folder / "check-1.csv"), recordings=[str(folder / "recordings.csv")]
        ),
        [str(folder / "check-1.html")],
        SimpleNamespace(channel="mix", channels={}, species=SPECIES, labelling={}, context=2.0),
    )
    return folder


@pytest.fixture
def page(browser, made):
    """The page, opened from its file without a network; it must neither complain nor ask."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    found = watched(context)
    found.goto((made / "check-1.html").as_uri())
    yield found
    assert not found.wrong
    context.close()


def watched(context, origin="file:"):
    """A new tab that notes what goes wrong, and what it asks for elsewhere."""
    page = context.new_page()
    page.wrong = []
    page.set_default_timeout(30_000)
    page.on("console", lambda said: said.type == "error" and page.wrong.append(said.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            asked.url.startswith((origin, "data:", "blob:")) or page.wrong.append(asked.url)
        ),
    )
    return page


def start(page, who="Ana Gómez"):
    page.locator("#who").fill(who)
    page.keyboard.press("Enter")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def heading(page):
    return page.locator("#ask").inner_text()


def count(page):
    return page.locator("#count").inner_text().split(",")[0]


def saved(page):
    """Name and rows of the verdicts that the page hands out."""
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    return download.value.suggested_filename, text, list(csv.DictReader(io.StringIO(text)))


def answers(rows):
    return [(row["question"], row["species"], row["answer"]) for row in rows]


@pytest.mark.fault(
    "Review",
    "a queue without a question, as where no model doubts an annotation",
    sees="There is nothing to listen to. The models agree with every annotation",
    kept="the other queues; the page of this one says so",
)
def test_a_queue_without_a_question_has_a_page_that_says_so(browser, tmp_path, capsys, sees):
    write_table(tmp_path / "doubt-1.csv", QUEUE, [])
    params = SimpleNamespace(species=SPECIES, context=2.0)
    given = SimpleNamespace(queue=str(tmp_path / "doubt-1.csv"), recordings=[])
    render_review.main(given, [str(tmp_path / "doubt-1.html")], params)
    assert f"doubt-1: 0 questions. {sees}" in capsys.readouterr().out
    context = browser.new_context(offline=True)
    found = watched(context)
    found.goto((tmp_path / "doubt-1.html").as_uri())
    assert sees in found.locator("main").inner_text()
    assert not found.wrong and not found.locator("button").count()
    context.close()


def test_a_queue_is_answered_by_keyboard_with_a_break(page, made, tmp_path):
    assert RULE[4:] in page.locator("#start").inner_text()
    assert "People may be heard" in page.locator("#start").inner_text()
    start(page)
    assert heading(page) == "Does Boana lundii LOW call in the clip?"
    page.wait_for_function("player.playing !== null")
    press(page, "y", "n", "u", "d")
    assert count(page) == "4 of 10"
    # Another species: letters of its name, without accents, then Enter twice.
    press(page, "o")
    page.keyboard.type("albo")
    press(page, "Enter", "Enter")
    press(page, "s")
    page.keyboard.type("high")
    press(page, "Enter", "Enter")
    # What was wrong is undone; a note.
    press(page, "n", "z", "m")
    page.keyboard.type('faint, "behind" rain')
    press(page, "Control+Enter", "y")
    assert count(page) == "7 of 10"

    page.reload()
    assert "7 of 10 answered so far" in page.locator("#who-told").inner_text()
    press(page, "Enter")
    assert count(page) == "7 of 10"
    assert "35 to 40 s" in page.locator("#where").inner_text()
    # A name that is in no list.
    press(page, "o")
    page.keyboard.type("toad; =1+1")
    press(page, "Enter", "Enter", "ArrowRight", "ArrowLeft", "n")
    # Of several: the first yes, the second unsure, the third not.
    assert heading(page) == "Which of these call in the clip?"
    press(page, "1", "2", "2", "Enter")
    assert "All answered" in page.locator("#end").inner_text()

    name, text, rows = saved(page)
    assert name == "verdicts-check-1-Ana-Gomez.csv"
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    rows = read_table(path)
    assert list(rows[0]) == [*QUEUE, *VERDICT]
    assert answers(rows) == [
        ("q0", "LOW", "present"),
        ("q1", "LOW", "absent"),
        ("q2", "LOW", "unsure"),
        ("q3", "LOW", "unsure"),
        ("q4", "LOW", "absent"),
        ("q4", "MID", "present"),
        ("q5", "LOW", "present"),
        ("q5", "HIGH", "present"),
        ("q6", "LOW", "present"),
        ("q7", "LOW", "absent"),
        ("q8", "LOW", "absent"),
        ("q9", "LOW", "present"),
        ("q9", "MID", "unsure"),
        ("q9", "HIGH", "absent"),
    ]
    # Each row of the queue is as it was; a species that was named was drawn by nobody.
    asked = {(row["question"], row["species"]): row for row in read_table(made / "check-1.csv")}
    for row in rows:
        queued = asked.get((row["question"], row["species"]))
        if queued:
            assert {column: row[column] for column in QUEUE} == queued
        else:
            assert row["start"] == asked[row["question"], "LOW"]["start"]
            assert row["probability"] == row["score"] == row["stratum"] == ""
    assert [row["quality"] for row in rows if row["quality"]] == ["distorted"]
    assert [row["also"] for row in rows if row["also"]] == ["MID", "HIGH", "toad; =1+1"]
    assert [row["note"] for row in rows if row["note"]] == ['faint, "behind" rain']
    assert {row["who"] for row in rows} == {"Ana Gómez"}
    assert {row["rule"] for row in rows} == {RULE}
    assert all(row["answered_at"].endswith("Z") for row in rows)


def test_the_unsure_ones_are_heard_again(page):
    start(page)
    press(page, "u", "y", "u", *"yyyyyy", "n")
    page.locator("#end-unsure").click()
    assert count(page) == "10 of 10"
    assert "0 to 5 s" in page.locator("#where").inner_text()
    assert page.locator("#state").inner_text() == "unsure"
    press(page, "y")
    assert "10 to 15 s" in page.locator("#where").inner_text()
    press(page, "n")
    assert "All answered" in page.locator("#end").inner_text()
    _, _, rows = saved(page)
    assert [row["answer"] for row in rows][:3] == ["present", "present", "absent"]


def test_no_score_is_seen_before_the_answer(page):
    start(page)
    assert "0.988" not in page.locator("body").inner_text()
    assert "stratum" not in page.locator("body").inner_text()
    press(page, "?")
    page.locator("#set-score").check()
    press(page, "Escape")
    assert "0.988" not in page.locator("#asking").inner_text()
    press(page, "y")
    assert "score 0.988 (stratum high)" in page.locator("#last").inner_text()
    assert "0.988" not in page.locator(".about").inner_text()
    press(page, "ArrowLeft")
    assert "score: 0.988" in page.locator("#why").inner_text()


def test_two_people_answer_one_queue(page):
    start(page, "Ana")
    press(page, "y", "y")
    page.locator("#to-save").click()
    page.locator("#change-who").click()
    start(page, "Béla B. / 2")
    assert count(page) == "0 of 10"
    press(page, "n")
    name, _, rows = saved(page)
    assert name == "verdicts-check-1-Bela-B-2.csv"
    assert answers(rows) == [("q0", "LOW", "absent")]
    page.reload()
    start(page, "Ana")
    assert count(page) == "2 of 10"


def test_the_grid_answers_what_is_not_marked_with_one_key(page):
    start(page)
    press(page, "y", "g")
    assert page.locator(".tile").count() == 8
    page.locator(".tile").nth(2).click()
    press(page, "ArrowRight", "x", "x")
    assert page.locator("[data-grid=n]").inner_text().startswith("No: 6, yes: 1, unsure: 1")
    press(page, "n")
    assert heading(page) == "Which of these call in the clip?"
    assert count(page) == "9 of 10"
    _, _, rows = saved(page)
    assert [row["answer"] for row in rows] == [
        *("present", "absent", "absent", "present", "unsure"),
        *["absent"] * 4,
    ]
    press(page, "z")
    assert count(page) == "1 of 10"


def test_sound_is_slowed_filtered_and_where_the_picture_is(page):
    start(page)
    page.wait_for_function("player.playing !== null")
    # The tone pauses at 3 s: the decoded sound does where the excerpt says.
    pause = page.evaluate("""async () => {
      const sound = await player.sound(data.questions[0]), values = sound.getChannelData(0);
      const loud = at => Math.max(...values.slice(at, at + 240).map(Math.abs)) > 0.3;
      let at = sound.sampleRate;
      while (loud(at)) at += 24;
      return at / sound.sampleRate + data.questions[0].from;
    }""")
    assert pause == pytest.approx(3.0, abs=0.06)
    press(page, "h", "b", "+")
    page.wait_for_function("player.playing !== null")
    assert page.evaluate("[player.rate, player.gain, player.band]") == [0.5, 6, [700, 900]]
    assert page.locator("[data-do=band]").get_attribute("aria-pressed") == "true"
    colours = "new Set(new Uint32Array(picture.getContext('2d').getImageData(60, 20, 900, 200)"
    drawn = f"(() => {{ const picture = byId('picture'); return {colours}.data.buffer)).size; }})()"
    page.wait_for_function(f"{drawn} > 50")


def test_a_browser_that_keeps_nothing_says_so_and_progress_goes_by_file(browser, made):
    context = browser.new_context(offline=True)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } })"
    )
    page = watched(context)
    page.goto((made / "check-1.html").as_uri())
    start(page, "Ana")
    assert "keeps nothing" in page.locator("#warning").inner_text()
    press(page, "y", "n")
    page.locator("#to-save").click()
    with page.expect_download() as download:
        page.locator("#save-progress").click()
    kept = made / download.value.suggested_filename
    download.value.save_as(kept)
    assert kept.name == "progress-check-1-Ana.json"
    page.reload()
    page.locator("#file").set_input_files(kept)
    page.locator("#asking").wait_for()
    assert count(page) == "2 of 10"
    other = made / "other.json"
    other.write_text('{"queue": "check-2", "digest": "x", "who": "Ana"}')
    page.locator("#to-save").click()
    page.locator("#file").set_input_files(other)
    page.locator("#save-told", has_text="other.json is no progress of this queue").wait_for()
    assert not page.wrong
    context.close()


def test_a_phone_answers_by_thumb_and_hands_in(browser, made, tmp_path):
    server = ReviewServer(("127.0.0.1", 0), made, tmp_path / "verdicts")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    origin = f"http://127.0.0.1:{server.server_port}/"
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
    page = watched(context, origin)
    try:
        page.goto(f"{origin}check-1.html")
        page.locator("#who").fill("Ana")
        page.locator("#go").tap()
        for name in ("yes", "no", "unsure"):
            page.locator(f"[data-do={name}]").tap()
        assert count(page) == "3 of 10"
        # All answers can be reached, and nothing is wider than the screen.
        for box in page.locator(".answers button:visible").all():
            found = box.bounding_box()
            assert found["x"] >= 0 and found["x"] + found["width"] <= 390
            assert found["height"] >= 44 and found["y"] + found["height"] <= 844
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("#to-save").tap()
        page.locator("#hand-in").tap()
        page.locator("#save-told", has_text="Handed in as verdicts-check-1-Ana.csv").wait_for()
        (path,) = (tmp_path / "verdicts").iterdir()
        assert [row["answer"] for row in read_table(path)] == ["present", "absent", "unsure"]
        assert not page.wrong
    finally:
        context.close()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(browser, made, scheme):
    context = browser.new_context(color_scheme=scheme, offline=True)
    page = watched(context)
    page.goto((made / "check-1.html").as_uri())
    start(page)
    nameless = page.evaluate("""[...document.querySelectorAll('button, input, select, canvas')]
      .filter(each => each.offsetParent && !(each.getAttribute('aria-label')
        || each.innerText?.trim() || each.labels?.length)).map(each => each.outerHTML)""")
    assert nameless == []
    # Contrast of the texts on the buttons and of faint text, as WCAG counts it.
    contrasts = page.evaluate("""(() => {
      const light = colour => {
        const c = colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
      };
      const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const ground = getComputedStyle(document.body).backgroundColor;
      return [['.answers .yes'], ['.answers .no'], ['.answers .unsure'], ['.about dt', ground]]
        .map(([name, behind]) => {
          const style = getComputedStyle(document.querySelector(name));
          return ratio(light(style.color), light(behind ?? style.backgroundColor));
        });
    })()""")
    assert min(contrasts) >= 4.5, contrasts
    assert not page.wrong
    context.close()
