"""Draw a sheet of copies beside what they were made of, with the calls that are left in them."""

from textwrap import fill

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import annotations_of
from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.recordings.clips import STRETCHED, clip_id
from anurans.report.copy_sheets import Images, contrast, pick, positives
from anurans.report.figures import (
    LANE,
    MASK,
    call_marks,
    headline,
    image_axis,
    mark_calls,
    mark_masks,
    sheet,
    show_image,
)
from anurans.report.palette import species_colour
from anurans.sounds.image_axes import SIZE, frequency_edges, time_edges

ROWS = 4
ROWS_AN_INCH = 207  # of an image
BORDER = {"color": "black", "linewidth": 0.8, "linestyle": (0, (4, 3)), "zorder": 2}
SEEN = {
    "time_stretch": "Stretched copies: the same calls, slower or faster, at the same pitch",
    "time_mask": "Time masks hide parts of clips, and the calls that lie there",
    "frequency_mask": "Frequency masks hide bands of clips, at all times",
}


def main(input, output, params, wildcards):
    technique, species = wildcards.technique, params.settings["species"]
    rule = LabelRule(**params.labelling)
    positive = positives(input.copy_labels, species, rule)
    before = positives(input.labels, species, rule)
    originals, copies = Images(input.originals), Images(input.copies)
    erased = dict.fromkeys(positive, frozenset())
    if technique != STRETCHED:
        of = zip(copies.clips.clip, copies.clips.recording, copies.clips.source_start, strict=True)
        erased |= {
            clip: before.get(clip_id(recording, start), frozenset()) - positive[clip]
            for clip, recording, start in of
            if clip in positive
        }
    rows = [row for row, clip in enumerate(copies.clips.clip) if clip in positive]
    if not rows:
        raise UserError(
            f"There is no copy by {technique} of an annotated recording to draw: the label tables "
            "(results/labels) name none. Annotate a recording, or ask for another figure."
        )
    shows = [
        (
            positive[clip] | ({""} if erased[clip] else set()),
            {copies.clips.copy[row]},
            {(copies.clips.recording[row], name) for name in positive[clip]},
        )
        for row, clip in zip(rows, copies.clips.clip[rows], strict=True)
    ]
    chosen = sorted(rows[at] for at in pick(shows, ROWS))
    annotations = annotations_of(input.annotations, params.recordings, params.settings)

    sr, length = copies.about["clips"]["sr"], copies.about["clips"]["length"]
    settings = dict(copies.about["spectrogram"])
    columns = time_edges(sr, round(length * sr), settings["hop_length"])
    keys = ("scale", "n_fft", "n_mels", "fmin", "fmax")
    edges = frequency_edges(sr=sr, **{key: settings[key] for key in keys})

    marked = []
    for row in chosen:
        clip = copies.clips[[row]]
        calls = annotations[clip.recording[0]]
        marked.append((row, clip, call_marks(clip, calls, False), call_marks(clip, calls, True)))
    called = {mark.species for _, _, _, marks in marked for mark in marks}
    # The first species in the highest lane.
    shown = [name for name in reversed(species) if name in called]
    looks = {name: (lane, species_colour(species.index(name))) for lane, name in enumerate(shown)}

    height = 0.55 + (SIZE + LANE * len(shown)) / ROWS_AN_INCH
    with sheet(output, 7.5, 0.9 + height * len(marked)) as figure:
        headline(figure, SEEN[technique])
        axes = figure.subplots(len(marked), 2, sharey=True, squeeze=False)
        for (left, right), (row, clip, source, marks) in zip(axes, marked, strict=True):
            start, rate = float(clip.source_start[0]), float(clip.rate[0])
            end = start + length * rate
            left.set_xlim(start, end)
            right.set_xlim(0, length)
            # Seen where a part of the recording is in no clip.
            left.axhspan(0, len(edges) - 1, color="#DDDDDD", linewidth=0, zorder=0)
            parts = originals.between(clip.recording[0], start, end, length)
            limits = contrast(copies.image(row) if technique == STRETCHED else parts[0][1])
            for at, image in parts:
                show_image(left, image, at, columns, limits)
                if start < at < end:
                    left.axvline(at, **BORDER)
            show_image(right, copies.image(row), 0.0, columns, limits)
            mark_masks(right, clip, columns, edges)
            mark_calls(left, source, looks, edges)
            mark_calls(right, marks, looks, edges)
            image_axis(left, edges, shown)
            right.tick_params(axis="y", which="both", length=0)
            left.set_title(f"{clip.recording[0]}, {start:g} to {float(clip.source_end[0]):g} s")
            right.set_title(title(clip, positive, erased, species))
        axes[-1, 0].set_xlabel("Time in the recording (s)")
        axes[-1, 1].set_xlabel("Time in the copy (s)")
        figure.legend(handles=legend(technique), loc="outside lower left", ncols=3)
    log.info("%d of %d copies: %s", len(chosen), len(rows), list(copies.clips.clip[chosen]))


def title(clip, positive, erased, species):
    """What a copy is, and which labels it has."""
    name, copy, rate = clip.clip[0], int(clip.copy[0]), float(clip.rate[0])
    at = f"copy {copy}, rate {rate:g}" if clip.technique[0] == STRETCHED else f"copy {copy}"
    labels = ", ".join(each for each in species if each in positive[name]) or "none"
    lost = ", ".join(each for each in species if each in erased[name])
    return fill(f"{at}; labels: {labels}" + (f"; erased: {lost}" if lost else ""), 60)


def legend(technique):
    """What bars, hatches and lines mean."""
    grey = "#444444"
    handles = [Patch(facecolor=grey, edgecolor=grey, label="annotated call")]
    if technique == STRETCHED:
        border = "border of two clips, each drawn to its own scale of loudness"
        return [*handles, Line2D([], [], **BORDER, label=border)]
    what = "call" if technique == "frequency_mask" else "part of a call"
    hidden = Patch(facecolor="none", edgecolor=grey, label=f"{what} that a mask hides")
    return [*handles, hidden, Patch(**MASK, label="mask")]


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
