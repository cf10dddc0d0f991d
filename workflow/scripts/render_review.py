"""Make the page on which the questions of a queue are answered."""

from pathlib import Path

from anurans.annotations.labels import LabelRule
from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_columns, read_table
from anurans.report.html import render
from anurans.review.review_page import (
    NEEDED,
    describe,
    nothing_to_ask,
    page_data,
    read_questions,
    title,
)
from anurans.review.review_sound import PageSettings, make_excerpts


def main(input, output, params):
    columns = read_columns(input.queue)
    rows = read_table(input.queue, needs=NEEDED)
    questions = read_questions(rows, list(params.species), input.queue)
    if not questions:
        return say_nothing(input.queue, output[0])
    told = {}
    for path in input.recordings:
        for row in read_table(path):
            told.setdefault(row["recording"], row)
    settings = PageSettings(context=params.context)
    by_recording = {}
    for question in sorted(questions, key=lambda each: each.start):
        by_recording.setdefault(question.recording, []).append(question)
    made = {}
    for recording, asked in sorted(by_recording.items()):
        if recording not in told:
            raise UserError(
                f"{input.queue}: recording {recording} is not in this config; put it back, or draw "
                "a new queue."
            )
        clips = [(each.start, each.end) for each in asked]
        of = told[recording]
        channel = params.channels.get(recording, params.channel)
        excerpts = make_excerpts(of["path"], channel, clips, settings)
        for question, excerpt in zip(asked, excerpts, strict=True):
            made[question.question] = describe(question, of, excerpt, columns)
    data = page_data(
        [made[each.question] for each in questions],
        columns,
        params.species,
        LabelRule(**params.labelling),
        settings,
    )
    heading = title(data["queue"], questions)
    text = render("review", heading, data["about"], data=data)
    with whole(output[0]) as partial:
        partial.write_text(text, encoding="utf-8")
    print(f"{heading}, to answer in a browser: {output[0]}", flush=True)
    log.info("%s, %.1f MB", heading, len(text.encode()) / 1e6)


def say_nothing(queue, path):
    """Make the page of a queue without a question."""
    name = Path(queue).stem
    heading, words = title(name, []), nothing_to_ask(name)
    with whole(path) as partial:
        partial.write_text(render("review", heading, words, data={}), encoding="utf-8")
    print(f"{heading}. {words}", flush=True)
    log.info("%s. %s", heading, words)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
