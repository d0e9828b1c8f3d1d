# SPDX-License-Identifier: GPL-3.0-or-later
"""An animator's story in a real Blender's window, with mouse and keyboard, from the built zip to the character."""

import shutil
import time

import cv2
import numpy as np
import pytest

from blender_addon.core.track_points import TRACKED
from tests.blender.window import file_dialog, processes
from tests.blender.window.blender_window import ROOT, wait_for
from tests.blender.window.clip_editor import ClipEditor
from tests.blender.window.lift_to_3d import BUTTON, CANCEL, LiftTo3D
from tests.blender.window.retarget_panel import RetargetPanel
from tests.blender_addon.core.retarget.cat_walk import write_walk

CUBE = "list(bpy.data.objects['Cube'].location)"
MODE = "bpy.data.objects['Cube'].mode"
ACTIVE = "facts.window().view_layer.objects.active.name"
SAMPLE = ROOT / "assets" / "clips" / "walk_and_wave.json"


@pytest.fixture(scope="module")
def story(blender):
    """The extension installed, the sidebar open, the bundled clip chosen."""
    told = LiftTo3D(blender)
    told.install()
    told.start()
    told.window.shot("panel-empty")
    told.choose_sample()
    told.window.shot("panel-clip")
    told.keep_as_start()
    return told


def test_the_chosen_clip_is_recognised_before_any_lift(story):
    words = " ".join(story.sidebar.texts())
    assert "120 frames" in words and "30" in words, words


def test_the_button_brings_a_character_into_the_scene_and_one_undo_takes_it_out(story):
    story.start_again()
    before = story.window.ask("facts.data()")
    story.sidebar.click(**BUTTON)
    story.wait_for_progress()
    with story.held_worker():
        story.sidebar.shot("panel-progress")
        assert any(item["kind"] == "progress" for item in story.sidebar.items())
    story.wait_for_state("done")
    story.window.shot("panel-result")
    after = story.window.ask("facts.data()")
    (character,) = story.characters()
    assert character["bones"] == 24 and character["action"] and character["slot"]
    assert len(after["cameras"]) == len(before["cameras"]) + 1
    assert len(after["actions"]) > len(before["actions"])

    story.hover()
    story.screen.key("ctrl+z")
    wait_for(lambda: not story.characters(), "the undo")
    assert story.window.ask("sorted(each.name for each in facts.window().scene.objects)") == before["objects"]
    story.screen.key("ctrl+shift+z")
    wait_for(story.characters, "the redo")
    assert story.characters() == [character]


def test_a_clip_is_chosen_in_the_file_dialogue_and_by_dropping_it_on_the_viewport(story):
    path = story.window.folder / "clips" / "a clip.json"
    path.parent.mkdir()
    shutil.copy(SAMPLE, path)
    story.start_again(clip="")
    story.sidebar.click(kind="operator", name="lift3d.choose_clip")
    file_dialog.choose(story.window, path)
    assert story.window.ask("facts.window().scene.lift3d.clip") == str(path)

    story.start_again(clip="")
    file_dialog.drag_from_browser(story.window, path)
    wait_for(lambda: story.window.ask("facts.window().scene.lift3d.clip") == str(path), "the dropped clip")
    assert story.sidebar.box(**BUTTON)


def test_cancel_leaves_nothing_and_the_button_comes_back(story):
    story.start_again(quality="BEST")
    before = story.window.ask("facts.data()")
    story.sidebar.click(**BUTTON)
    story.wait_for_progress()
    with story.held_worker():
        story.sidebar.click(**CANCEL)
        wait_for(lambda: story.state() == "cancelling", "the click on Cancel", 10.0)
    story.wait_for_state("cancelled", seconds=30)
    assert story.window.ask("facts.data()") == before and not story.message()
    assert story.sidebar.box(**BUTTON)


def test_a_killed_worker_is_one_clear_message_and_the_next_lift_works(story):
    story.start_again(quality="BEST")
    story.sidebar.click(**BUTTON)
    story.wait_for_progress()
    story.kill_worker()
    story.wait_for_state("failed", seconds=20)
    story.sidebar.shot("panel-problem")
    message = story.message()
    assert "signal 9" in message or "killed" in message.lower()
    shown = " ".join(story.sidebar.texts())
    assert message.split(":")[0] in shown
    story.start_again()
    story.lift()
    assert len(story.characters()) == 1 and not story.message()


def test_a_file_opened_during_a_lift_keeps_the_result_waiting_for_a_click(story):
    story.start_again()
    story.sidebar.click(**BUTTON)
    story.wait_for_progress()
    with story.held_worker():
        story.open_file(story.start_file)
    story.wait_for_state("waiting")
    assert not story.characters()
    story.sidebar.open()
    story.sidebar.shot("panel-waiting")
    story.sidebar.click(kind="operator", name="lift3d.add_result")
    wait_for(story.characters, "the character")
    assert story.state() == "done"


def test_whoever_goes_on_working_during_a_lift_is_not_disturbed(story):
    story.start_again()
    story.sidebar.click(**BUTTON)
    story.wait_for_progress()
    with story.held_worker():
        story.hover()
        story.screen.key("g", "x", "1", "Return")
        wait_for(lambda: story.window.ask(CUBE)[0] == 1.0, "the cube to be moved")
        story.screen.key("ctrl+z")
        wait_for(lambda: story.window.ask(CUBE)[0] == 0.0, "the move to be undone")
        story.screen.key("g", "y", "2", "Return")
        wait_for(lambda: story.window.ask(CUBE)[1] == 2.0, "the cube to be moved")
        story.screen.key("Tab")
        wait_for(lambda: story.window.ask(MODE) == "EDIT", "edit mode")
    story.wait_for_state("done")
    assert len(story.characters()) == 1
    assert story.window.ask(MODE) == "EDIT" and story.window.ask(ACTIVE) == "Cube"
    story.hover()
    story.screen.key("ctrl+z")
    wait_for(lambda: not story.characters(), "the undo")
    assert story.window.ask(MODE) == "EDIT" and story.window.ask(CUBE) == [0.0, 2.0, 0.0]


def test_an_animal_tracked_in_the_clip_editor_is_lifted_over_its_film(story):
    story.start_again(clip="")
    film, cat = story.window.folder / "cat.avi", TRACKED["cat"]
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter_fourcc(*"MJPG"), 24.0, (640, 360))
    for _ in range(30):
        writer.write(np.full((360, 640, 3), 90, np.uint8))
    writer.release()
    editor = ClipEditor(story.window, film)
    assert editor.add_tracks("CAT", "c") == list(cat.places)
    frames = (3, 9, 15, 21, 27)
    editor.place(
        {
            name: {frame: (400 + 90 * x - 4 * frame, 150 + 90 * y) for frame in frames}
            for name, (x, y) in cat.places.items()
        }
    )
    assert editor.use_tracks() == str(film.with_name("cat_tracks.json"))
    editor.leave()
    story.sidebar.open()
    wait_for(lambda: story.window.ask("bool(session.inspection and session.inspection.facts)"), "the clip's facts")
    assert "25 frames" in " ".join(story.sidebar.texts())
    story.lift()
    story.window.shot("cat-by-tracks")
    (character,) = story.characters()
    assert character["bones"] == 35 and character["frames"] == [
        2,
        26,
    ]  # the film's third picture has the clip's number 2
    shown = "[bpy.path.abspath(each.image.filepath) for c in bpy.data.cameras for each in c.background_images]"
    assert story.window.ask(shown) == [str(film)]


def test_an_imported_motion_is_retargeted_in_the_panel(story):
    story.start_again(clip="")
    path = write_walk(story.window.folder / "cat walk.npz", frames=24)
    story.sidebar.click(kind="operator", name="lift3d.import_motion")
    file_dialog.choose(story.window, path)
    wait_for(story.characters, "the cat")
    panel = RetargetPanel(story)
    panel.add_toy()
    panel.open()
    panel.choose_rig("toy")
    assert panel.match_bones() == 6
    panel.retarget()
    story.window.shot("panel-retarget")
    found = {each["name"]: each for each in story.characters()}
    assert found["toy"]["action"] == "a walk on toy" and found["toy"]["slot"]
    for leg, way in panel.ways_of_paws().items():
        lowest, travelled = way
        assert abs(lowest) < 0.01 and travelled > 0.15, leg
    story.hover()
    story.screen.key("ctrl+z")
    wait_for(lambda: not {each["name"]: each for each in story.characters()}["toy"]["action"], "the undo")


def test_quitting_during_a_lift_ends_the_worker(story):
    story.start_again(quality="BEST")
    story.sidebar.click(**BUTTON)
    story.wait_for_progress()
    worker = story.worker()
    started = time.monotonic()
    assert story.window.quit() == 0
    wait_for(lambda: not processes.alive(worker), "the worker's end", 30.0)
    print(f"Blender and its worker were gone after {time.monotonic() - started:.1f} s")
