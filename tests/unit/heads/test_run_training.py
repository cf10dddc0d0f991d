"""What a training refuses to hand on."""

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.dense import Head, Layer
from anurans.heads.run_training import chunks, refuse_no_numbers


def head(bias):
    bias = np.array(bias, np.float32)
    return Head([Layer("probability", np.zeros((3, len(bias)), np.float32), bias, "sigmoid")])


def test_scores_that_are_no_numbers_are_refused_with_a_way_out():
    scores = np.array([[0.5, np.inf], [0.5, 0.1]])
    with pytest.raises(UserError, match="recipe fast: training on net did not converge"):
        refuse_no_numbers(head([0, 0]), scores, "fast", "net")


def test_species_that_a_network_does_not_know_have_no_score_and_are_let_through():
    scores = np.array([[0.5, np.nan], [0.5, np.nan]])
    refuse_no_numbers(head([0, np.nan]), scores, "own", "net")
    with pytest.raises(UserError):
        refuse_no_numbers(head([0, 0]), scores, "own", "net")


def test_files_of_techniques_stand_one_after_the_other():
    assert chunks(["a0", "a1", "b0", "b1"], 2) == [["a0", "a1"], ["b0", "b1"]]
    assert chunks([], 2) == []
