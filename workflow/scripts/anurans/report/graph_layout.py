"""Layered layout of a graph without cycles: what feeds others stands above them."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import fmean

Edge = tuple[str, str]
# What an edge is called in a layer that it passes: its ends, and the layer.
Passed = tuple[str, str, int]
ROUNDS = 12


def assign_layers(nodes: Iterable[str], edges: Iterable[Edge]) -> dict[str, int]:
    """Layer of each node: one below the lowest that feeds it, and just above what it feeds.

    Raises
    ------
    ValueError
        When the edges form a cycle.
    """
    nodes, edges = list(nodes), list(edges)
    layer = dict.fromkeys(nodes, 0)
    for turn in range(len(nodes) + 1):
        moved = False
        for source, target in edges:
            if layer[target] <= layer[source]:
                layer[target], moved = layer[source] + 1, True
        if not moved:
            break
        if turn == len(nodes):
            raise ValueError("the edges form a cycle")
    # What nothing feeds may stand lower, near to what it feeds.
    fed = {target for _, target in edges}
    for node in nodes:
        below = [layer[target] for source, target in edges if source == node]
        if node not in fed and below:
            layer[node] = min(below) - 1
    return layer


def implied(edges: Iterable[Edge]) -> set[Edge]:
    """Edges that a longer way leads along as well.

    Examples
    --------
    >>> implied([("cut", "draw"), ("draw", "embed"), ("cut", "embed")])
    {('cut', 'embed')}
    """
    edges = set(edges)
    after: dict[str, set[str]] = {}
    for source, target in edges:
        after.setdefault(source, set()).add(target)

    def reached(node: str) -> set[str]:
        found, ahead = set(), list(after.get(node, ()))
        while ahead:
            at = ahead.pop()
            if at not in found:
                found.add(at)
                ahead += after.get(at, ())
        return found

    beyond = {node: reached(node) for node in {node for edge in edges for node in edge}}
    return {
        (source, target)
        for source, target in edges
        if any(target in beyond[between] for between in after[source] - {target})
    }


def place_nodes(layer: Mapping[str, int], edges: Iterable[Edge]) -> dict[Passed | str, float]:
    """Place along its layer of each node, and of each edge in the layers that it passes.

    Nodes are ordered so that edges cross little (the mean place of the neighbours, above and below
    in turn: Sugiyama, Tagawa & Toda 1981, IEEE Trans. SMC 11(2)), then moved towards what they are
    joined to, at least 1 apart; an edge that passes a layer takes up half of that.

    Returns
    -------
    dict
        The place of a node by its name, that of a passing edge by (source, target, layer).
    """
    rows: dict[int, list] = {}
    near: dict[int, dict] = {-1: {}, 1: {}}
    for node in sorted(layer):
        rows.setdefault(layer[node], []).append(node)
    for source, target in sorted(edges):
        chain: list[Passed | str] = [source]
        for level in range(layer[source] + 1, layer[target]):
            chain.append((source, target, level))
            rows[level].append(chain[-1])
        chain.append(target)
        for above, below in pairwise(chain):
            near[-1].setdefault(below, []).append(above)
            near[1].setdefault(above, []).append(below)

    place = {each: float(at) for row in rows.values() for at, each in enumerate(row)}
    levels = sorted(rows)
    for turn in range(ROUNDS):
        side = -1 if turn % 2 == 0 else 1
        for level in levels if side == -1 else reversed(levels):
            row = rows[level]

            wish = {
                each: fmean([place[other] for other in near[side].get(each, [each])])
                for each in row
            }
            order = {each: (wish[each], place[each]) for each in row}
            row.sort(key=order.__getitem__)
            place |= {each: at - (len(row) - 1) / 2 for at, each in enumerate(row)}
    for turn in range(4 * ROUNDS):
        for level in levels if turn % 2 == 0 else reversed(levels):
            row = rows[level]
            near_by = [
                fmean(
                    [place[other] for side in (-1, 1) for other in near[side].get(each, ())] or [0]
                )
                for each in row
            ]
            place |= dict(zip(row, _apart(near_by, [_size(each) for each in row]), strict=True))
    return place


def _size(each: Passed | str) -> float:
    return 1.0 if isinstance(each, str) else 0.3


def _apart(wish: list[float], sizes: list[float]) -> list[float]:
    """Places nearest to those wished for, in the same order, that keep their distance."""
    offsets, at = [], 0.0
    for number, size in enumerate(sizes):
        at += (sizes[number - 1] + size) / 2 if number else 0.0
        offsets.append(at)
    # Blocks of neighbours that touch move together: the least squares under an order.
    blocks: list[tuple[float, int]] = []
    for want, offset in zip(wish, offsets, strict=True):
        blocks.append((want - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (one, n), (other, m) = blocks[-2:]
            blocks[-2:] = [((one * n + other * m) / (n + m), n + m)]
    starts = [mean for mean, count in blocks for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]
