"""Draw the pipeline as the workflow itself has it: its rules, and which feeds which."""

from matplotlib.patches import FancyBboxPatch, Patch, PathPatch
from matplotlib.path import Path as Line

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.wording import counted
from anurans.engine.rule_graph import KINDS, read_rules
from anurans.report.figures import headline, sheet
from anurans.report.graph_layout import assign_layers, implied, place_nodes
from anurans.report.panels import WIDTH

# By file of rules, pale: the names of rules stand on them.
FILLS = {
    "recordings": "#CFE8F7",
    "labels": "#FBE3B5",
    "spectrograms": "#BFE8DA",
    "augmentation": "#F3D6E6",
    "embeddings": "#F8CFB4",
    "training": "#C6CFE0",
    "comparison": "#E2E2E2",
    "figures": "#FFFFFF",
}
STEP, BOX = 0.52, (0.94, 0.42)  # inches between layers; size of a box in the unit of its axis


def main(output, params):
    jobs, edges, stages = read_rules(params.snakefile, params.stored, params.called)
    if not jobs:
        raise UserError("The workflow has no rule to draw: no target asks for a file.")
    layer = assign_layers(jobs, edges)
    place = place_nodes(layer, edges - implied(edges))
    depth = max(layer.values())
    left, right = min(place.values()) - 0.55, max(place.values()) + 0.55
    with sheet(output, WIDTH, 0.75 + STEP * (depth + 1)) as figure:
        rules = sum(name not in KINDS.values() for name in jobs)
        headline(figure, f"The pipeline: {counted(sum(jobs.values()), 'job')} of {params.project}")
        ax = figure.subplots()
        ax.set(xlim=(left, right), ylim=(depth + 0.5, -0.5))
        ax.set_axis_off()
        for edge in sorted(edges - implied(edges)):
            draw_edge(ax, edge, layer, place)
        for name, number in sorted(jobs.items()):
            draw_rule(
                ax, (place[name], layer[name]), name, number, FILLS.get(stages[name], "white")
            )
        used = [stage for stage in FILLS if stage in stages.values()]
        style = {"edgecolor": "black", "linewidth": 0.5}
        handles = [Patch(facecolor=FILLS[stage], label=stage, **style) for stage in used]
        title = (
            "Boxes are rules, with their number of jobs. A line leads from a rule to one that "
            "takes its files; it is left out where\nother lines lead there too."
        )
        style = {"ncols": len(handles), "alignment": "left", "title_fontsize": 7}
        style |= {"handlelength": 1.4, "columnspacing": 1.2}
        figure.legend(handles=handles, loc="outside lower left", title=title, **style)
    log.info("%d rules, %d edges", rules, len(edges))


def draw_rule(ax, at, name, jobs, fill):
    """Draw a box."""
    (x, y), (width, height) = at, BOX
    corner = (x - width / 2, y - height / 2)
    style = {"boxstyle": "round,pad=0,rounding_size=0.08", "linewidth": 0.6, "zorder": 3}
    ax.add_patch(FancyBboxPatch(corner, width, height, facecolor=fill, edgecolor="black", **style))
    many = "" if jobs == 1 else f"\n\N{MULTIPLICATION SIGN} {jobs}"
    ax.text(x, y, name + many, ha="center", va="center", fontsize=6, linespacing=0.95, zorder=4)


def draw_edge(ax, edge, layer, place):
    """Draw a line that leads down, past the boxes of the layers between."""
    source, target = edge
    between = range(layer[source] + 1, layer[target])
    stops = [(place[source], layer[source])]
    stops += [(place[source, target, level], level) for level in between]
    stops += [(place[target], layer[target])]
    half = BOX[1] / 2
    points, codes = [(stops[0][0], stops[0][1] + half)], [Line.MOVETO]
    for number, (x, y) in enumerate(stops[1:], start=1):
        (x0, y0), last = points[-1], number == len(stops) - 1
        y1 = y - half
        points += [(x0, (y0 + y1) / 2), (x, (y0 + y1) / 2), (x, y1)]
        codes += [Line.CURVE4] * 3
        if not last:
            points.append((x, y + half))
            codes.append(Line.LINETO)
    style = {"facecolor": "none", "edgecolor": "#555555", "linewidth": 0.8, "zorder": 1}
    ax.add_patch(PathPatch(Line(points, codes), **style))
    x, y = points[-1]
    ax.plot(x, y - 0.02, "v", color="#555555", ms=3, mew=0, zorder=2)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
