"""Draw which recordings a split tests on, and in which fold it holds out each other one."""

from dataclasses import replace
from math import ceil, floor

from matplotlib.collections import PatchCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.recordings.names import Recording
from anurans.recordings.times import hours_from_noon
from anurans.report.figures import Look, headline, look, night_axis, sheet
from anurans.report.split_parts import beside, count_parts, order, strip, tell_split
from anurans.splits.splits import TEST

# Nights, or recordings without a date, side by side; more go into the next panel or row.
COLUMNS = 70


def main(input, output, wildcards):
    parts = count_parts(read_table(input.roles))
    if not parts:
        raise UserError(f"{input.roles}: there is no clip in this split to draw.")
    names = sorted({part for shares in parts.values() for part in shares}, key=order)
    looks = {part: look(at) for at, part in enumerate(part for part in names if part != TEST)}
    looks[TEST] = Look("#000000", "X")
    annotated = {
        row["recording"]
        for row in read_table(input.annotations)
        if row["status"] in ("annotated", "empty", "in part")
    }
    recordings = [
        Recording(row["recording"], row["path"], date=row["date"], time=row["time"])
        for row in read_table(input.recordings)
        if row["recording"] in parts
    ]
    night = {each.recording: each.night for each in recordings}
    nights = sorted(set(night.values()) - {""})
    chunks = [nights[at : at + COLUMNS] for at in range(0, len(nights), COLUMNS)]
    undated = [recording for recording in night if not night[recording]]
    hours = {each.recording: hours_from_noon(each.time) for each in recordings if each.night}
    span = max(hours.values()) - min(hours.values()) if hours else 0.0
    heights = [min(4.0, max(1.4, 0.27 * span))] * len(chunks)
    heights += [0.3 + 0.2 * len(range(0, len(undated), COLUMNS))] * bool(undated)
    mixed = any(len(shares) > 1 for shares in parts.values())
    # Shares of clips have no marker but their place in the order of the legend.
    shapes = {part: replace(looks[part], marker="s") if mixed else looks[part] for part in names}
    handles = [entry(part, shapes[part], parts, night, annotated) for part in names]
    if not annotated >= set(parts):
        handles.append(dot(shapes[names[0]], hollow=True, label="hollow: not annotated"))

    height = 0.7 + sum(heights) + 0.75 * len(heights) + 0.17 * len(handles)
    with sheet(output, 7.5, height) as figure:
        headline(figure, tell_split(wildcards.split, parts, night))
        axes = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
        for ax, chunk in zip(axes, chunks, strict=False):
            places = beside({name: (night[name], hours[name]) for name in hours}, chunk)
            draw(ax, places, 0.09, parts, looks, annotated)
            clock(ax, hours.values())
            night_axis(ax, chunk)
            ax.set_xlabel("Night (date of its evening)")
        if undated:
            draw(axes[-1], strip(undated, COLUMNS), 0.35, parts, looks, annotated)
            axes[-1].set_xlim(-0.6, COLUMNS - 0.4)
            axes[-1].set_ylim(len(range(0, len(undated), COLUMNS)) - 0.4, -0.6)
            axes[-1].set_yticks([])
            axes[-1].set_xticks([])
            axes[-1].spines[:].set_visible(False)
            axes[-1].set_xlabel(f"Recordings without date and time, by id, {COLUMNS} in a row")
        figure.legend(handles=handles, loc="outside lower left")
    log.info("%d recordings on %d nights, %d undated", len(night), len(nights), len(undated))


def draw(ax, places, half, parts, looks, annotated):
    """Draw a mark for each recording, or the shares of its clips where they are in several."""
    for part, of in looks.items():
        for known in (True, False):
            points = [
                place[:2]
                for name, place in places.items()
                if set(parts[name]) == {part} and (name in annotated) == known
            ]
            face = of.colour if known else "white"
            if points:
                ax.plot(*zip(*points, strict=True), of.marker, color=of.colour, mfc=face, ms=4)
            bars = []
            for name, (x, y, width) in places.items():
                shares = parts[name]
                if len(shares) > 1 and shares[part] and (name in annotated) == known:
                    before = sum(shares[other] for other in shares if order(other) < order(part))
                    unit = width / shares.total()
                    corner = (x - width / 2 + before * unit, y - half)
                    bars.append(Rectangle(corner, shares[part] * unit, 2 * half))
            if bars:
                style = {"facecolor": face, "edgecolor": of.colour, "linewidth": 0.3}
                ax.add_collection(PatchCollection(bars, **style))


def clock(ax, hours):
    """Show the time of the night from top to bottom."""
    ax.set_ylim(ceil(max(hours)) + 0.2, floor(min(hours)) - 0.2)
    ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 3, 6], integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{int(y + 12) % 24:02d}:00"))
    ax.set_ylabel("Time of day")


def dot(of, hollow=False, label=""):
    """Mark of a part in the legend."""
    face = "white" if hollow else of.colour
    return Line2D([], [], linestyle="", marker=of.marker, color=of.colour, mfc=face, label=label)


def entry(part, of, parts, night, annotated):
    """Mark of a part in the legend, with what is in it."""
    names = [name for name, shares in parts.items() if shares[part]]
    clips = sum(parts[name][part] for name in names)
    nights = len({night[name] for name in names} - {""})
    text = f"{part}: {counted(clips, 'clip')} of {counted(len(names), 'recording')}"
    text += f" on {counted(nights, 'night')}" if nights else ""
    missing = sum(name not in annotated for name in names)
    return dot(of, label=text + (f" ({missing} not annotated)" if missing else ""))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
