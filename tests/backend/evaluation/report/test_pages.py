# SPDX-License-Identifier: GPL-3.0-or-later
"""The page and its plots, made from the files alone."""

import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from backend.evaluation import EvaluationError
from backend.evaluation.report import machine, results, style
from backend.evaluation.report.pages import write_page
from backend.evaluation.windows import Window
from backend.keypoints.box import box_points
from backend.keypoints.layouts import get_layout

from ..figures import walker
from .made_up import SESSION, entry, measure, measured


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = measured(tmp_path_factory.mktemp("results"))
    grid = [(steps, samples) for samples in (1, 3) for steps in (1, 5)]
    made = []
    for number, (steps, samples) in enumerate(grid):
        facts = {"steps": steps, "samples": samples, "default": (steps, samples) == (1, 3)}
        each = entry("full", 0.05 - 0.01 * number, **facts)
        made.append(type(each)(f"full {steps} x {samples}", each.facts, each.lift))
    measure(folder / "cost.json", made)
    return folder


@pytest.fixture(scope="module")
def page(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("docs") / "benchmark.md"
    written = write_page(folder, output)
    return output, written


def test_every_plot_of_the_page_is_a_png_of_the_stated_width(page):
    output, written = page
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", output.read_text())
    plots = [path for path in written if path.suffix == ".png"]
    assert sorted(output.parent / name for name in shown) == sorted(plots)
    assert {path.stem for path in plots} == {
        "by_method", "by_kind", "by_condition", "by_clip", "trajectories", "worst_clips", "cost",
    }  # fmt: skip
    for path in plots:
        with Image.open(path) as image:
            assert image.format == "PNG" and image.width == style.WIDTH_PX and image.height > 300


def test_the_sections_stand_in_order(page):
    titles = [line for line in page[0].read_text().splitlines() if line.startswith("## ")]
    assert titles == [
        "## What is measured", "## Methods", "## Ratios", "## Ablation", "## Errors", "## Root trajectories from above",
        "## The worst clips of full", "## Quality against cost",
    ]  # fmt: skip


def test_pages_that_are_named_after_it_are_linked_by_their_titles(folder, tmp_path):
    (tmp_path / "benchmark_far.md").write_text("# Benchmark: far\n\n# Another\n")
    (tmp_path / "training.md").write_text("# Training\n")
    write_page(folder, tmp_path / "benchmark.md")
    text = (tmp_path / "benchmark.md").read_text()
    assert "Beside it: [Benchmark: far](benchmark_far.md)." in text and "training.md" not in text


def test_a_command_tells_nobodys_folders():
    told = machine.without_folders("python -m backend report --model one=/a/b/one --mocap ../data /c/x.json")
    assert told == "python -m backend report --model one=one --mocap ../data x.json"
    assert machine.without_folders(r"report --model one=C:\runs\two") == "report --model one=two"


def test_commands_with_their_options_in_another_order_are_one():
    given = ("report --camera wild --seed 1 --methods mas", "report --seed 1 --camera wild --methods full")
    assert machine.merged(given) == ["report --camera wild --seed 1 --methods mas,full"]
    assert len(machine.merged(("report --camera wild --noise none", "report --camera paper --noise none"))) == 2


def test_commands_that_differ_in_methods_alone_are_one():
    run = "report run --mocap test"
    given = (f"{run} --methods full,mas", f"{run} --methods mas,plane --again", f"{run} --seed 1 --methods mas", run)
    assert machine.merged(given) == [f"{run} --methods full,mas,plane", f"{run} --seed 1 --methods mas", run]


def test_command_data_and_machine_stand_beside_every_table_and_plot(page):
    blocks = page[0].read_text().split("\n\n")
    for number, block in enumerate(blocks):
        if block.startswith(("![", "| ")) and not block.startswith("| in the paper"):
            source = blocks[number + 1]
            assert SESSION["command"] in source and "3 windows of `clips`" in source and "abacus" in source
            assert SESSION["date"] in source


def test_the_page_has_the_papers_figures_apart_and_the_cards(page):
    text = page[0].read_text()
    assert "| WHAM | trained on 3D truth | world | 164.3 | 104.8 | 75.1 |" in text
    assert "9 clips (--film many)" in text and "7 clips of truth" in text


def test_the_default_is_marked_in_the_cost_table(page):
    lines = [line for line in page[0].read_text().splitlines() if "(default)" in line]
    assert len(lines) == 1 and lines[0].startswith("| 1 (default) | 3 |")


def test_the_same_results_give_the_same_page(folder, page, tmp_path):
    write_page(folder, tmp_path / "benchmark.md")
    assert (tmp_path / "benchmark.md").read_text() == page[0].read_text()


def test_a_single_unfinished_looking_set_is_enough_for_a_page(tmp_path):
    measure(tmp_path / "results" / "paper_none.json", [entry("plane", 0.2)])
    write_page(tmp_path / "results", tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "Not measured yet" in text and "worst clips" not in text and "## Ratios" not in text


def test_results_of_another_version_are_refused_and_the_old_page_stays(folder, tmp_path):
    copy = tmp_path / "results"
    shutil.copytree(folder, copy)
    page = tmp_path / "page.md"
    page.write_text("the old page")
    data = results.read(copy / "wild_detector.json")
    (copy / "wild_detector.json").write_text(json.dumps({**data, "report_version": 0}))
    with pytest.raises(EvaluationError, match="version"):
        write_page(copy, page)
    assert page.read_text() == "the old page" and sorted(path.name for path in tmp_path.iterdir()) == [
        "page.md", "results",
    ]  # fmt: skip


def test_labels_keep_their_distance_and_move_no_further_than_they_must():
    places = style.spread([1.0, 1.1, 1.2, 9.0], 0.5)
    assert all(places[1:] - places[:-1] >= 0.5 - 1e-9) and places[3] == 9.0
    assert places[:3].mean() == pytest.approx(1.1)


def test_animals_have_a_page_of_their_own(tmp_path):
    layout = get_layout("ap10k")
    side = layout.upright * 0.3
    standing = np.stack([-side[:, 0], np.zeros(len(layout)), 0.3 - side[:, 1]], -1)  # seen from its left
    walk = np.repeat(standing[None], 45, 0)
    walk[..., 0] += np.linspace(0, 0.8, 45)[:, None]
    chosen = [Window("trot_0000", walk, 0.3, "trot")]
    made = [entry(name, metres, chosen=chosen) for name, metres in (("full", 0.02), ("smplify", 0.1))]
    measure(tmp_path / "paper_none.json", made, chosen=chosen)
    write_page(tmp_path, tmp_path / "cats.md")
    text = (tmp_path / "cats.md").read_text()
    assert text.startswith("# Benchmark: quadruped") and "the same 17 keypoints" in text
    assert "The paper's own figures" not in text and "ratio in the paper" not in text
    assert (tmp_path / "cats" / "worst_clips.png").exists()


def test_a_person_with_a_box_has_the_boxs_errors_and_the_papers_table_of_them(tmp_path):
    person = walker(45)
    place = np.median(person, 1) + [0, 0.4, 0]
    box = box_points(place, np.repeat(np.eye(3)[None], 45, 0), np.array([0.4, 0.3, 0.3]))
    chosen = [Window("carry", np.concatenate([person, box], 1), 1.7, box_size=(0.4, 0.3, 0.3))]
    made = [entry(name, metres, chosen=chosen) for name, metres in (("full", 0.02), ("smplify", 0.1))]
    measure(tmp_path / "paper_none.json", made, chosen=chosen)
    write_page(tmp_path, tmp_path / "boxes.md")
    text = (tmp_path / "boxes.md").read_text()
    assert text.startswith("# Benchmark: human with a box") and "| T_root^O | O-MPJPE |" in text
    assert "| SMPLify | smplify | 97.9 | 142.0 | 99.3 | 751.8 | 106.7 |" in text
