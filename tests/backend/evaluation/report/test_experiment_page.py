# SPDX-License-Identifier: GPL-3.0-or-later
"""The out-of-domain experiment's page: who is at home where, and how much errors change."""

import re

import pytest

from backend.evaluation import EvaluationError
from backend.evaluation.report import experiments, results
from backend.evaluation.report.comparison import rows_of
from backend.evaluation.report.experiment_page import write_experiment
from backend.evaluation.windows import Window

from ..figures import walker
from .made_up import SESSION, entry, measure

SETS = {
    "dance": [Window(f"dance_{number}", walker(45, 0.2 + number), 1.7) for number in range(3)],
    "everyday motion": [Window(f"walk_{number}", walker(50, 0.4 + number), 1.7) for number in range(2)],
}
SHORT = {"preset": "tiny", "steps_trained": "60 + 100"}


def made(chosen, full, world, model="dance"):
    return [
        entry("full", full, chosen=chosen, model=model, data="4 clips named 60_*", **SHORT),
        entry("world", world, chosen=chosen, model="everyday motion", data="7 clips"),
        entry("plane", 0.2, chosen=chosen),
    ]


def measured(folder, dance=(0.02, 0.08), everyday=(0.06, 0.03), **options):
    """The results files of both sets; of each the metres by which full and world are off."""
    tests = {}
    for (name, chosen), metres in zip(SETS.items(), (dance, everyday), strict=True):
        tests[name] = folder / f"{name[:5]}.json"
        measure(tests[name], made(chosen, *metres, **options), chosen=chosen)
    return tests


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("experiment")
    tests = measured(folder)
    return tests, write_experiment(tests, folder / "docs" / "benchmark_far.md")


def test_figures_are_in_italics_at_home_and_bold_where_they_are_best(page):
    tests, written = page
    lines = [line for line in written[0].read_text().splitlines() if line.startswith(("| full", "| world", "| plane"))]
    plane, world, full = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines[:3])
    assert full[0] == "full (dance)" and full[1] == "ours" and len(full) == 8
    for number, path in enumerate(tests.values()):
        figures = {row["method"].split("@")[0]: row["mpjpe_mm"] for row in results.read(path)["rows"]}
        of = {"full": full, "world": world, "plane": plane}
        assert all(of[name][2 + 3 * number].strip("*") == f"{value:.1f}" for name, value in figures.items())
    assert re.fullmatch(r"\*\*\*[\d.]+\*\*\*", full[2]) and re.fullmatch(r"[\d.]+", full[5])
    assert re.fullmatch(r"[\d.]+", world[2]) and re.fullmatch(r"\*\*\*[\d.]+\*\*\*", world[5])
    assert not any("*" in cell for cell in plane)


def test_the_change_is_that_of_the_rows(page):
    rows = {name: rows_of(results.read(path)) for name, path in page[0].items()}
    lines = experiments.change_table(rows).splitlines()[2:]
    for line, here, there in zip(lines, *rows.values(), strict=True):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[2] == f"{here.figures['mpjpe_mm'] / there.figures['mpjpe_mm']:.2f}"
    assert lines[0].startswith("| full (dance) | dance |") and "| plane | – |" in lines[2]


def test_the_page_tells_who_wins_on_each_set_and_what_was_learnt(page):
    text = page[1][0].read_text()
    on_dance, on_everyday = text.split("## On ")[1:3]
    assert "`full (dance)` is clearly better" in on_dance and "`full (dance)` is clearly worse" in on_everyday
    assert r"4 clips named 60_\*" in text
    assert "What learns nothing, `plane`, tells" in text
    assert "- `full (dance)` learnt 60 + 100 steps; its preset, tiny, has 120 + 100." in text


def test_command_data_and_machine_stand_beside_every_figure(page):
    blocks = page[1][0].read_text().split("\n\n")
    for number, block in enumerate(blocks):
        if block.startswith(("![", "| ", "- MPJPE")):
            assert SESSION["command"] in blocks[number + 1] and "abacus" in blocks[number + 1]


def test_every_plot_is_there_and_the_page_can_be_written_from_its_own_results(page, tmp_path):
    tests, written = page
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", written[0].read_text())
    plots = [path for path in written if path.suffix == ".png"]
    assert sorted(written[0].parent / name for name in shown) == sorted(plots) and len(plots) == 7
    beside = written[0].parent / "benchmark_far" / "results"
    kept = {"dance": beside / "dance.json", "everyday motion": beside / "everyday_motion.json"}
    again = write_experiment(kept, tmp_path / "benchmark_far.md")
    assert again[0].read_text() == written[0].read_text()


def test_a_method_that_one_set_lacks_has_no_figures_there(tmp_path):
    tests = measured(tmp_path)
    measure(tests["dance"], [entry("smplify", 0.1, chosen=SETS["dance"])], chosen=SETS["dance"])
    rows = {name: rows_of(results.read(path)) for name, path in tests.items()}
    (line,) = (line for line in experiments.home_table(rows).splitlines() if line.startswith("| smplify"))
    assert [cell.strip() == "–" for cell in line.strip("|").split("|")[2:]] == [False] * 3 + [True] * 3
    assert "| smplify | – | – | – | – |" in experiments.change_table(rows)


def test_what_is_no_such_experiment_is_said_in_one_line(tmp_path):
    tests = measured(tmp_path)
    with pytest.raises(EvaluationError, match="at least two test sets"):
        write_experiment({"dance": tests["dance"]}, tmp_path / "page.md")
    with pytest.raises(EvaluationError, match="named after a test set"):
        write_experiment({"one": tests["dance"], "two": tests["everyday motion"]}, tmp_path / "page.md")
    other = SETS["dance"]
    measure(tmp_path / "o.json", [entry("full", 0.1, chosen=other, model="dance", data="5 clips")], chosen=other)
    with pytest.raises(EvaluationError, match="one model of full"):
        write_experiment({**tests, "other": tmp_path / "o.json"}, tmp_path / "page.md")
    assert not (tmp_path / "page.md").exists()
