"""The page that the report opens with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anurans.report.html import render
from anurans.report.palette import species_marks
from anurans.report.species_answers import Help, Known, answer
from anurans.scores.ranking import CLIPS


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page is written from.

    Attributes
    ----------
    project
        Its name.
    model
        Values of `anurans.scores.comparison.MODEL`, by name.
    chosen_of
        How many models it was chosen from, by validation.
    part
        That F1 is of: `held_out` or `test`.
    known
        Of each species.
    help
        What the config offers to improve the model.
    pages
        Paths of further pages, by what they hold.
    """

    project: str
    model: Mapping[str, str]
    chosen_of: int
    part: str
    known: Sequence[Known]
    help: Help
    pages: Mapping[str, str]


def overview_page(of: Overview) -> str:
    """Write the first page: each species, its F1, what limits it, and what to do next."""
    return render(
        "overview",
        f"{of.project}: how well each species is found",
        model_sentence(of),
        doubts=doubtful_model(of.model),
        answers=[answer(each, of.help) for each in of.known],
        marks=species_marks(len(of.known)),
        pages=of.pages,
        doubted=of.help.doubts,
    )


def model_sentence(of: Overview) -> str:
    """Name the model that is told of, how it was chosen, and what F1 is of."""
    how = f"the best of {of.chosen_of} by validation" if of.chosen_of > 1 else "the only one"
    model = of.model
    return (
        f"Model: {model['backbone']} with the recipe {model['recipe']}, trained on the dataset "
        f"{model['dataset']}, split {model['split']} ({how}). F1 is that of {CLIPS[of.part]}, "
        "which the model did not learn from; 1 is perfect."
    )


def doubtful_model(model: Mapping[str, str]) -> list[str]:
    """Warnings where nothing that is said of a model is to be believed."""
    said = []
    if model["weights"] == "random":
        said.append("The backbone has random weights: this shows the way, not a result.")
    if model["leaks"] != "no":
        said.append("Every split that was run leaks by design: these scores are flattered.")
    return said
