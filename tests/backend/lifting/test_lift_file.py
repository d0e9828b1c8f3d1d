# SPDX-License-Identifier: GPL-3.0-or-later
"""A lift from file to file: parts of a clip, bodies kept, GPUs without memory, disks without room."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from backend import whole_file
from backend.errors import Cancelled, UserError
from backend.keypoints import LAYOUTS, KeypointError
from backend.lifting import lift, lift_file, motion_file
from backend.lifting.models import LiftModels, load_models
from backend.lifting.motion_file import MotionError, read_motion, read_shape
from backend.lifting.options import LiftOptions

from .clips import body, filmed_walk, save_untrained

ROOT = Path(__file__).resolve().parents[3]
QUICK = {"steps": 1, "samples": 1, "focal": 1000.0, "device": "cpu"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_untrained(tmp_path_factory.mktemp("model"))


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """A fit that hardly begins: these tests are about what is around it."""
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 2)


@pytest.fixture
def source(tmp_path):
    return write(filmed_walk(30), tmp_path / "walk.json", frame_start=100)


def write(clip, path, **known):
    people = [{"id": 0, "keypoints": np.concatenate([clip.points, clip.confidence[..., None]], -1).tolist()}]
    document = {"format": "lift3d-keypoints", "version": 1, "layout": clip.layout, "fps": clip.fps,
                "image_size": list(clip.image_size), "people": people}  # fmt: skip
    path.write_text(json.dumps(document | known))
    return path


def lifted(source, folder, *, progress=None, **options):
    """The result and the fields of the motion file of a lift, out.npz beside the source."""
    options = LiftOptions(**(QUICK | {"model": folder} | options))
    result = lift_file.lift_file(source, source.parent / "out.npz", options, progress or (lambda *args: None))
    return result, read_motion(source.parent / "out.npz")


def test_points_of_other_names_are_those_of_a_map(folder, tmp_path):
    clip = filmed_walk(20).to_layout("openpose18")
    names = {str(place): f"p{place}" for place in range(18)}
    frames = [{"frame_id": number, "instances": [{"keypoints": pose.tolist(), "keypoint_scores": [0.9] * 18}]}
              for number, pose in enumerate(clip.points)]  # fmt: skip
    source, chart = tmp_path / "walk.json", tmp_path / "m.json"
    source.write_text(json.dumps({"meta_info": {"keypoint_id2name": names}, "instance_info": frames}))
    chart.write_text(json.dumps({"layout": "coco18", "points": {name: f"p{place}" for place, name in
                                                                enumerate(LAYOUTS["coco18"].names)}}))  # fmt: skip
    with pytest.raises(UserError, match="p0, p1"):
        lifted(source, folder)
    _, fields = lifted(source, folder, keypoint_map=str(chart))
    np.testing.assert_allclose(fields["keypoints_2d"], clip.points, atol=1e-3)
    with pytest.raises(UserError, match="Cannot read the map"):
        lifted(source, folder, keypoint_map=str(tmp_path / "gone.json"))
    with pytest.raises(UserError, match="expected text as keypoint_map"):
        lifted(source, folder, keypoint_map=3)


def test_a_file_is_lifted_into_a_motion_file(folder, tmp_path):
    source, ticks = write(filmed_walk(20), tmp_path / "walk.json"), []
    result, fields = lifted(source, folder, focal=None, seed=5, progress=lambda *args: ticks.append(args))
    assert fields["poses"].shape == (20, 72) and str(fields["source"]).endswith("walk.json")
    assert (fields["person"], fields["seed"], fields["model"]) == (0, 5, folder.name)
    assert str(fields["version"]).count(".") == 2
    assert (result.frames, result.fps, result.path) == (20, 30.0, str(tmp_path / "out.npz"))
    assert result.confidence == 0.9 and "assumed" in result.focal_source and "1920 px" in result.warnings[-1]
    assert (result.missing, result.device, result.model, result.seed) == (0, "cpu", folder.name, 5)
    assert result.height == pytest.approx(float(body().stature(torch.as_tensor(fields["betas"]))), abs=1e-3)
    stages = list(dict.fromkeys(stage for stage, *_ in ticks))
    assert stages == ["Reading keypoints", "Loading models", "Generating views", "Fitting the body"]
    assert all(0 <= done <= total for _, done, total in ticks) and ticks[-1][1] == ticks[-1][2]


@pytest.mark.parametrize("stage", ["Loading models", "Generating views", "Fitting the body"])
def test_cancelled_at_any_stage_nothing_is_written(folder, source, stage):
    def progress(name, done, total):
        if name == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        lifted(source, folder, progress=progress)
    assert os.listdir(source.parent) == ["walk.json"]


def test_an_output_that_cannot_be_gets_one_line_before_any_work(tmp_path):
    (tmp_path / "folder.npz").mkdir()
    for output, line in (("out.blend", "end in .npz"), ("no/out.npz", "is not there"), ("folder.npz", "is a folder")):
        with pytest.raises(MotionError, match=line):
            lift_file.lift_file(tmp_path / "no.json", tmp_path / output, LiftOptions())


def test_a_part_of_a_clip_is_the_lift_of_that_part(folder, source, tmp_path):
    result, fields = lifted(source, folder, first_frame=105, last_frame=124)
    assert (result.frames, result.first_frame, fields["frame_start"]) == (20, 105, 105)
    whole = filmed_walk(30)
    np.testing.assert_array_equal(fields["keypoints_2d"], whole.to_layout("openpose18").points[5:25])
    part = write(whole.subclip(5, 25), tmp_path / "part.json", frame_start=0)
    _, alone = lifted(part, folder)
    for name in ("poses", "trans", "joints", "camera_matrix", "camera_rotation", "camera_translation"):
        np.testing.assert_array_equal(fields[name], alone[name])
    assert lifted(source, folder, first_frame=110)[0].frames == 20
    assert lifted(source, folder, last_frame=119)[0].first_frame == 100


@pytest.mark.parametrize(
    ("first", "last", "line"),
    [
        (90, 120, "frames 90 to 120 are not all in walk.json, which has 100 to 129"), (100, 130, "100 to 129"),
        (120, 110, "120 to 110 are not all"), (None, 99, "100 to 99"), (130, None, "130 to 129"),
        (110, 119, "in 10 frames of walk.json, frames 110 to 119: at least 15"),
    ],
)  # fmt: skip
def test_frames_that_are_not_there_or_too_few_get_one_line(folder, source, first, last, line):
    with pytest.raises(KeypointError, match=line):
        lifted(source, folder, first_frame=first, last_frame=last)


def test_where_the_person_is_not_seen_there_is_nothing_to_lift(folder, tmp_path):
    clip = filmed_walk(40)
    source = write(clip, tmp_path / "walk.json")
    document = json.loads(source.read_text())
    document["people"][0]["keypoints"][20:] = [None] * 20
    document["people"].append({"id": 1, "keypoints": [[[500.0, 500.0 + k, 0.2] for k in range(18)]] * 40})
    source.write_text(json.dumps(document))
    with pytest.raises(KeypointError, match="Person 0 is not seen from frame 20 to 39 of walk.json, only from 0 to 19"):
        lifted(source, folder, person=0, first_frame=20, last_frame=39)


def test_the_body_of_an_earlier_motion_is_kept(folder, source, tmp_path):
    _, first = lifted(source, folder)
    (tmp_path / "out.npz").rename(tmp_path / "first.npz")
    betas = read_shape(tmp_path / "first.npz")
    _, second = lifted(source, folder, betas=betas, seed=8, last_frame=119)
    np.testing.assert_array_equal(first["betas"], second["betas"])


def test_a_shape_is_read_only_from_a_motion_of_the_same_body(folder, source, tmp_path):
    _, fields = lifted(source, folder)
    with pytest.raises(MotionError, match="another body"):
        read_shape(tmp_path / "out.npz", tmp_path / "smpl.pkl")
    np.savez(tmp_path / "amass.npz", **{name: value for name, value in fields.items() if name != "format_version"})
    np.savez(tmp_path / "bare.npz", **{name: value for name, value in fields.items() if name != "betas"})
    for name in ("amass.npz", "bare.npz"):
        with pytest.raises(MotionError, match="no shape to keep"):
            read_shape(tmp_path / name)
    with pytest.raises(MotionError, match="no motion file"):
        read_shape(source)


def on_a_gpu(monkeypatch, folder, error):
    """Make lifts believe in a GPU, whose memory does not suffice; the devices that lifts were tried on."""
    tried, real = [], lift.lift_keypoints
    gpu = LiftModels(folder, None, None, torch.device("cuda"))
    monkeypatch.setattr(LiftModels, "load", lambda self: self)

    def load(options, subject):
        return gpu if options.device == "auto" else load_models(options, subject)

    def keypoints(clip, options, models, progress):
        tried.append(models.device.type)
        if models.device.type == "cuda":
            progress("Generating views", 0, 1)
            raise error
        return real(clip, options, models, progress=progress)

    monkeypatch.setattr(lift_file, "load_models", load)
    monkeypatch.setattr(lift_file, "lift_keypoints", keypoints)
    return tried


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3 GiB"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 8 GB)"),
        RuntimeError("CUBLAS_STATUS_ALLOC_FAILED"),
    ],
    ids=lambda error: str(error)[:12],
)
def test_a_gpu_without_enough_memory_leaves_the_work_to_the_processor(folder, source, monkeypatch, error):
    tried, ticks = on_a_gpu(monkeypatch, folder, error), []
    for _ in range(2):  # the next lift may be a smaller one: it begins on the GPU again
        result, fields = lifted(source, folder, device="auto", progress=lambda *args: ticks.append(args))
        assert result.device == "cpu" and "did not suffice" in result.warnings[-1]
        assert fields["warnings"][-1] == result.warnings[-1]
    assert tried == ["cuda", "cpu"] * 2
    stages = list(dict.fromkeys(stage for stage, *_ in ticks))
    assert stages == ["Reading keypoints", "Loading models", "Generating views", "Fitting the body"]
    plain, alone = lifted(source, folder)
    assert plain.warnings == () and np.array_equal(fields["poses"], alone["poses"])


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: no kernel image is available for execution on the device\nCompile with"),
        NotImplementedError("The operator 'aten::nanmedian' is not currently implemented for the MPS device"),
        TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_gpu_that_cannot_do_it_leaves_the_work_to_the_processor(folder, source, monkeypatch, capfd, error):
    tried = on_a_gpu(monkeypatch, folder, error)
    result, _ = lifted(source, folder, device="auto")
    first_line = str(error).splitlines()[0]
    assert tried == ["cuda", "cpu"] and result.device == "cpu"
    assert result.warnings[-1].startswith(f"the GPU (cuda) failed ({first_line[:100]}")
    assert "\n" not in result.warnings[-1]
    assert "Traceback" in capfd.readouterr().err  # the log keeps it


@pytest.mark.parametrize("error", [Cancelled(), ValueError("no"), RuntimeError("device-side assert"), UserError("no")])
def test_other_ends_on_a_gpu_are_ends(folder, source, monkeypatch, error):
    tried = on_a_gpu(monkeypatch, folder, error)
    with pytest.raises(type(error)):
        lifted(source, folder, device="auto")
    assert tried == ["cuda"] and os.listdir(source.parent) == ["walk.json"]


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_processor_without_enough_memory_is_not_tried_twice(folder, source, monkeypatch, error):
    def keypoints(clip, options, models, progress):
        raise error

    monkeypatch.setattr(lift_file, "lift_keypoints", keypoints)
    with pytest.raises(type(error)):
        lifted(source, folder)


def test_a_full_disk_gets_one_line_whoever_meets_it(folder, source, monkeypatch):
    out = source.parent / "out.npz"
    out.write_bytes(b"what was there")

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    places = ((whole_file.Path, "write_bytes"), (whole_file.os, "replace"), (lift_file, "read_keypoints"))
    for module, name in places:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            with pytest.raises(MotionError, match=f"the disk is full: {out} was not written"):
                lifted(source, folder)
        assert out.read_bytes() == b"what was there" and sorted(os.listdir(source.parent)) == ["out.npz", "walk.json"]


def test_an_interrupt_while_the_file_is_written_leaves_nothing(folder, source, monkeypatch):
    def interrupted(temporary, path):
        assert temporary.is_file()
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_file.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lifted(source, folder)
    assert os.listdir(source.parent) == ["walk.json"]


def test_a_body_beside_a_motion_that_cannot_be_written_is_taken_back(folder, source, monkeypatch):
    own = source.parent / "own.npz"
    body().write_npz(own)
    result, fields = lifted(source, folder, body=own)
    assert str(fields["body_file"]) == "out.body.npz" and (source.parent / "out.body.npz").is_file()
    for made in ("out.npz", "out.body.npz"):
        (source.parent / made).unlink()

    def full(path, fields):
        assert (source.parent / "out.body.npz").is_file()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(motion_file, "write_arrays", full)
    with pytest.raises(MotionError, match="the disk is full"):
        lifted(source, folder, body=own)
    assert sorted(os.listdir(source.parent)) == ["own.npz", "walk.json"]


def test_a_disk_that_is_really_full_or_read_only_gets_one_line_and_keeps_no_rest(folder, source, tmp_path):
    """On file systems of the test's own, in a mount namespace that goes with the process; skips where none can be."""
    apart = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=16k lift3d-test "$0" && exec "$@"']
    (disk := tmp_path / "disk").mkdir()
    if not sys.platform.startswith("linux") or not shutil.which("unshare"):
        pytest.skip("mount namespaces are Linux's")
    if subprocess.run([*apart, disk, "true"], capture_output=True).returncode:
        pytest.skip("this user may not mount a file system")
    program = (
        "import os, subprocess, sys\n"
        "from pathlib import Path\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from backend.errors import UserError\n"
        "from backend.lifting import lift\n"
        "from backend.lifting.lift_file import lift_file\n"
        "from backend.lifting.options import LiftOptions\n"
        "lift.FIT_ITERATIONS = 2\n"
        "clip, disk, model = map(Path, sys.argv[1:])\n"
        "options = LiftOptions(steps=1, samples=1, focal=1000.0, device='cpu', model=model)\n"
        "for _ in range(2):\n"
        "    try:\n"
        "        print(lift_file(clip, disk / 'out.npz', options))\n"
        "    except UserError as error:\n"
        "        print(error, os.listdir(disk))\n"
        "    subprocess.run(['mount', '-o', 'remount,ro', disk], check=True)\n"
    )
    words = [*apart, disk, sys.executable, "-c", program, source, disk, folder]
    done = subprocess.run(words, capture_output=True, text=True)
    full, read_only = done.stdout.splitlines()
    assert full == f"the disk is full: {disk}/out.npz was not written; make room, or choose another folder []"
    assert "out.npz: Read-only file system; choose a folder that is yours to write in []" in read_only
    assert done.stderr == ""
