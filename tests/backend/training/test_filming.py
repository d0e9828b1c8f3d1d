# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.canonical import apparent_size, mid_hip, tilt
from backend.training import filming
from backend.training.filming import (
    LEVEL_SHOTS,
    ClipFootage,
    Film,
    MocapFootage,
    MotionWindows,
    film,
    put_up_camera,
)
from backend.training.mocap import MocapClip, TrainingError
from backend.training.multiview_diffusion import WILD_SHOTS

from ..evaluation.figures import walker

WINDOW = 40


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def made_clips(*lengths):
    """Clips in each frame of which everybody stands higher by 1 mm: a moment can be told by its height."""
    clips, before = [], 0
    for number, length in enumerate(lengths):
        motion = walker(length, travel=2.0).astype("float32")
        motion[..., 2] += 0.001 * (before + torch.arange(length).numpy())[:, None]
        clips.append(MocapClip(motion, 30.0, str(number), "none"))
        before += length
    return clips


def moments(motion):
    """The running number of each frame (..., T) of made clips."""
    floor = walker(1)[0, :, 2]
    return (motion[..., 2] - torch.as_tensor(floor, dtype=torch.float32)).mean(-1) / 0.001


@pytest.mark.parametrize("shots", [LEVEL_SHOTS, WILD_SHOTS])
def test_nobody_comes_nearer_than_allowed(shots):
    motion, _ = MotionWindows(made_clips(200), 120).draw(200, seeded())
    motion = motion * torch.tensor([4.0, 4.0, 1.0])  # people who travel eight metres
    camera, elevation, roll = put_up_camera(motion, shots, seeded())
    depth = camera.to_camera(motion.flatten(1, 2))[..., 2].amin(1)
    assert depth.min() > shots.nearest - 1e-3
    assert (depth < shots.nearest + 1e-3).any()  # the limit was needed
    torch.testing.assert_close(torch.stack(tilt(camera.rotation[..., 2])), torch.stack([elevation, roll]),
                               atol=1e-5, rtol=0)  # fmt: skip
    assert elevation.min() >= shots.elevation[0] and elevation.max() <= shots.elevation[1]
    assert elevation.max() - elevation.min() > 0.9 * (shots.elevation[1] - shots.elevation[0])
    assert roll.abs().max() <= shots.roll
    away = camera.centre - motion.mean((1, 2))
    azimuth = torch.atan2(away[:, 0], -away[:, 1])
    assert torch.histc(azimuth, 4, -torch.pi, torch.pi).min() > 20  # from all around


def test_windows_are_pieces_of_one_clip():
    lengths = (100, 20, 45, 35)
    windows = MotionWindows(made_clips(*lengths), WINDOW)
    motion, present = windows.draw(150, seeded(), variety=False)
    assert motion.shape == (150, WINDOW, 18, 3)
    number = moments(motion)
    starts = torch.tensor([0, 100, 120, 165, 200])
    for row, here in zip(number, present, strict=True):
        frames = row[here]
        torch.testing.assert_close(frames.diff(), torch.ones(len(frames) - 1), atol=0.05, rtol=0)
        clip = int(torch.searchsorted(starts, frames[0] + 0.5)) - 1
        assert clip != 1 and starts[clip] - 0.05 <= frames[0] and frames[-1] <= starts[clip + 1] - 1 + 0.05
        assert len(frames) == min(WINDOW, lengths[clip])
        assert here[: len(frames)].all()
    middle = (mid_hip(motion) * present[..., None]).sum(1) / present.sum(1, keepdim=True)
    assert middle[:, :2].abs().max() < 1e-4


def test_variety_changes_speed_and_length():
    windows = MotionWindows(made_clips(300), 120)
    _, present = windows.draw(300, seeded())
    length = present.sum(1)
    assert length.min() >= 30 and 0.6 < (length == 120).float().mean() < 0.95
    assert (present[:, 1:] <= present[:, :-1]).all()
    first, again, other = (windows.draw(4, seeded(s))[0] for s in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_speed_is_never_more_than_a_quarter_off():
    """At 0.8 to 1.25 times the speed a frame moves on by as much; of the right size, since bodies are unchanged."""
    windows = MotionWindows(made_clips(300), WINDOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filming, "varied_motion", lambda motion, generator: motion)
        motion, present = windows.draw(200, seeded())
    steps = moments(motion).diff(dim=1)[present[:, 1:]]
    assert 0.78 < steps.min() < 0.85 and 1.2 < steps.max() < 1.27
    assert 0.4 < ((steps - 1).abs() < 0.01).float().mean() < 0.7


def test_clips_that_are_all_too_short_get_one_line():
    for mode in Film:
        with pytest.raises(TrainingError, match="at least 30 frames"):
            MocapFootage(made_clips(29, 12), WINDOW, mode)


def test_filmed_windows_are_canonical():
    motion, present = MotionWindows(made_clips(200), WINDOW).draw(8, seeded())
    footage = film(motion, present, LEVEL_SHOTS, seeded(1))
    torch.testing.assert_close(apparent_size(footage.clip.points, present), torch.full((8,), 0.8), atol=1e-4, rtol=0)
    assert footage.clip.points[~present].abs().sum() == 0
    assert footage.clip.points.isfinite().all()


def test_many_cameras_film_anew_at_every_draw():
    footage = MocapFootage(made_clips(WINDOW), WINDOW)
    draws = [footage.draw(3, seeded(seed)).clip.points for seed in (0, 0, 1)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.allclose(draws[0], draws[2], atol=0.01)


def test_a_single_camera_films_every_moment_once(monkeypatch):
    filmed = []
    put_up = filming.put_up_camera

    def watching(motion, shots, generator):
        filmed.append(moments(motion)[0].round().int().tolist())
        return put_up(motion, shots, generator)

    monkeypatch.setattr(filming, "put_up_camera", watching)
    footage = MocapFootage(made_clips(100, 20, 70, 130), WINDOW, Film.SINGLE, seed=3)
    every = [moment for window in filmed for moment in window]
    assert sorted(every) == list(range(320))  # no moment twice, and none left out
    assert max(map(len, filmed)) > WINDOW  # room for a window to begin anywhere
    shots = len(filmed)
    for seed in range(3):
        drawn = footage.draw(16, seeded(seed))
        assert drawn.clip.points.shape == (16, WINDOW, 18, 2)
    assert len(filmed) == shots  # drawing puts up no camera
    again = MocapFootage(made_clips(100, 20, 70, 130), WINDOW, Film.SINGLE, seed=3)
    assert torch.equal(again.clips.rays[2], footage.clips.rays[2])
    other = MocapFootage(made_clips(100, 20, 70, 130), WINDOW, Film.SINGLE, seed=4)
    assert not torch.allclose(other.clips.rays[2], footage.clips.rays[2], atol=1e-3)


def test_short_2d_clips_are_padded_and_marked():
    rays = [0.1 * torch.randn(length, 18, 2, generator=seeded(length)) for length in (20, 100, 10)]
    footage = ClipFootage(rays, WINDOW)
    assert len(footage.rays) == 2  # ten frames are too few
    drawn = footage.draw(64, seeded())
    length = drawn.present.sum(1)
    assert 15 <= length.min() < 20 and length.max() == WINDOW
    assert 0.4 < (length == WINDOW).float().mean() < 0.7  # of two clips five to one in length, but for those cut
    assert (drawn.present[:, 1:] <= drawn.present[:, :-1]).all()
    assert drawn.clip.points[~drawn.present].abs().sum() == 0
    assert torch.equal(drawn.clip.points, footage.draw(64, seeded()).clip.points)


def test_2d_clips_get_the_variety_that_needs_no_depth():
    clip = torch.as_tensor(walker(300)[..., [0, 2]], dtype=torch.float32) * torch.tensor([0.2, -0.2])
    clip[:, 4, 1] -= 0.2  # the right hand is held up
    drawn = ClipFootage([clip], 120).draw(64, seeded())
    thigh, shin = ((drawn.clip.points[:, 0, a] - drawn.clip.points[:, 0, a + 1]).norm(dim=-1) for a in (8, 9))
    assert (shin / thigh).std() > 0.02  # bodies differ
    assert 0.6 < drawn.present.all(1).float().mean() < 0.95
    right_is_up = drawn.clip.points[:, 0, 4, 1] < drawn.clip.points[:, 0, 7, 1]
    assert 0.3 < right_is_up.float().mean() < 0.7  # mirrored


def test_shots_of_a_long_clip_share_what_it_is_drawn():
    footage = MocapFootage(made_clips(WINDOW, 16 * WINDOW), WINDOW, Film.SINGLE)
    shares = footage.clips.windows.shares
    torch.testing.assert_close(shares[0] / shares.sum(), torch.tensor(0.2))


def test_a_clip_four_times_as_long_is_seen_twice_as_often():
    long, short = made_clips(400)[:1], made_clips(100)[:1]
    long[0].keypoints[..., 2] = 5.0
    windows = MotionWindows(long + short, WINDOW)
    motion, _ = windows.draw(600, seeded(), variety=False)
    assert 0.6 < (motion[:, 0, 0, 2] == 5.0).float().mean() < 0.74
