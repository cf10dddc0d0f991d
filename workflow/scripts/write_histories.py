"""Write detection histories for occupancy models, and what is known of sites and occasions."""

from pathlib import Path

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports import histories
from anurans.exports.answers import by_recording, read_settled
from anurans.exports.coordinates import Published
from anurans.exports.site_counts import read_calls, read_efforts
from anurans.exports.site_rows import SITES, own_columns, read_own, site_rows


def main(input, output, params):
    efforts = read_efforts(map(read_table, input.effort))
    calls = read_calls(map(read_table, input.calls))
    of = histories.survey(efforts, params.occasion)
    if not of.sites:
        raise UserError(
            "No new recording that can be used has a site, a date and a time: there are no sites "
            "by survey occasions. results/exports/left_out.csv has the reasons."
        )
    columns = histories.matrix_columns(of)
    detected = {name: histories.detections(of, calls, name) for name in params.species}
    for name, path in zip(params.species, output.detected, strict=True):
        write_table(path, columns, histories.matrix_rows(of, detected[name]))
    if input.answers:
        answers = by_recording(read_settled(read_table(*input.answers)))
        events = read_table(input.events)
        pairs = zip(params.species, output.confirmed, output.states, strict=True)
        for name, confirmed, states in pairs:
            judged = histories.judge_cells(of, name, events, answers, params.names)
            sure = histories.confirmed_only(detected[name], judged)
            write_table(confirmed, columns, histories.matrix_rows(of, sure))
            rows = histories.matrix_rows(of, histories.states(detected[name], judged))
            write_table(states, columns, rows)
    site_of = {name: told["site"] for name, told in params.names.items()}
    level, outside = histories.sound_of_cells(of, read_table(input.drift), site_of)
    known = {
        "minutes": (of.minutes, histories.minutes_text, histories.minutes_text(0)),
        "day": (histories.days(of), "{:g}".format, histories.NA),
        "after_sunset": (of.sun, histories.whole_text, histories.NA),
        "level": (level, "{:.2f}".format, histories.NA),
        "drift": (outside, "{:.3f}".format, histories.NA),
    }
    for path in output.covariates:
        write_table(path, columns, histories.matrix_rows(of, *known[Path(path).stem]))
    table = "".join(input.sites)
    own = own_columns(table, params.columns, bool(params.sensitive))
    places = {site: Published(*of_site) for site, of_site in params.places.items()}
    rows = site_rows(of, places, read_own(table, own), own)
    write_table(output.sites, (*SITES, *own), rows)
    occasions = [
        {"occasion": at, "first_night": each.first, "last_night": each.last}
        for at, each in enumerate(of.occasions, start=1)
    ]
    write_table(output.occasions, ("occasion", "first_night", "last_night"), occasions)
    log.info("%d sites, %d occasions", len(of.sites), len(of.occasions))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
