"""Layouts of graphs whose answers are known."""

from itertools import combinations

import pytest

from anurans.report.graph_layout import assign_layers, implied, place_nodes

EDGES = {("a", "b"), ("b", "c"), ("a", "c"), ("x", "c"), ("c", "d"), ("a", "d")}


def test_layers_follow_the_longest_way_and_sources_stand_near_what_they_feed():
    layer = assign_layers("abcdx", EDGES)
    assert layer == {"a": 0, "b": 1, "c": 2, "d": 3, "x": 1}
    assert all(layer[source] < layer[target] for source, target in EDGES)
    assert assign_layers("ab", []) == {"a": 0, "b": 0}


def test_a_cycle_is_refused():
    with pytest.raises(ValueError, match="cycle"):
        assign_layers("ab", [("a", "b"), ("b", "a")])


def test_implied_edges_are_those_with_a_longer_way():
    assert implied(EDGES) == {("a", "c"), ("a", "d")}
    assert implied([]) == set()


def test_nothing_overlaps_and_the_order_has_no_needless_crossing():
    edges = [("a", "z"), ("b", "y"), ("c", "x"), ("a", "end"), ("z", "end"), ("x", "end")]
    layer = assign_layers("abcxyz", edges[:3]) | {"end": 2}
    place = place_nodes(layer, edges)
    assert place == place_nodes(layer, reversed(edges))
    for level in (0, 1):
        row = sorted(place[node] for node in layer if layer[node] == level)
        assert all(right - left >= 1 - 1e-9 for left, right in combinations(row, 2))
    for (a, z), (b, y) in combinations(edges[:3], 2):
        assert (place[a] - place[b]) * (place[z] - place[y]) > 0
    assert ("a", "end", 1) in place
