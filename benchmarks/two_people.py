# SPDX-License-Identifier: GPL-3.0-or-later
"""How right two people stand to one another when they are lifted together, beside lifts of each alone.

    python benchmarks/two_people.py --mocap DIR [--pairs 10]

Windows of held-out motion capture are put two by two into one world, one to four metres apart, and filmed by one camera
at rest; all of it drawn from a seed. `together` is what lifting all people gives. `alone` lifts each and lays their
cameras on one another, as one does by hand. The camera's heading is the truth's; nothing else of it is told but, in
the second table, everybody's height.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch

from backend.evaluation.filming import IMAGE_SIZE, generator_for, place_camera
from backend.evaluation.windows import FPS, Window, load_windows
from backend.keypoints import KeypointClip
from backend.lifting.lift import lift_keypoints
from backend.lifting.models import load_models
from backend.lifting.motion_file import Motion
from backend.lifting.options import ALL, LiftOptions
from backend.lifting.together import lift_together

HIPS = [8, 11]
ANKLES = [10, 13]


def in_one_world(one: Window, other: Window, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The keypoints (T, 18, 3) of both, the other turned and moved aside."""
    frames = min(len(one.keypoints), len(other.keypoints))
    a, b = one.keypoints[:frames], other.keypoints[:frames]
    turn, bearing, away = random.uniform(0, 2 * np.pi), random.uniform(0, 2 * np.pi), random.uniform(1, 4)
    cos, sin = np.cos(turn), np.sin(turn)
    b = b @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]).T
    aside = away * np.array([np.cos(bearing), np.sin(bearing), 0])
    middles = [points[:, HIPS].mean((0, 1)) * (1, 1, 0) for points in (a, b)]
    return a - middles[0], b - middles[1] + aside


def from_camera(keypoints: np.ndarray, camera) -> np.ndarray:
    """Keypoints (T, K, 3) from the camera's place, the world turned until it looks along +Y."""
    forward = camera.rotation[2].double().numpy()
    angle = np.arctan2(forward[0], forward[1])
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return (keypoints - camera.centre.double().numpy()) @ turn.T


def compare(truth: list[np.ndarray], found: list[np.ndarray]) -> dict[str, float]:
    """Errors of the way from one to the other: metres, part of the distance, degrees of bearing; and how much higher
    the one's standing feet are than the other's, metres, beyond the truth."""
    (a, b), (c, d) = ([points[:, HIPS].mean(1)[:, :2] for points in pair] for pair in (truth, found))
    true, seen = b - a, d - c
    lengths = np.linalg.norm(true, axis=1), np.linalg.norm(seen, axis=1)
    turned = np.degrees(np.abs(np.angle(np.exp(1j * (np.angle(true @ [1, 1j]) - np.angle(seen @ [1, 1j]))))))
    feet = [[np.quantile(points[:, ANKLES, 2], 0.08) for points in pair] for pair in (truth, found)]
    return {
        "place": float(np.linalg.norm(seen - true, axis=1).mean()),
        "distance": float((np.abs(lengths[1] - lengths[0]) / lengths[0]).mean()),
        "bearing": float(turned.mean()),
        "floor": abs(float((feet[1][1] - feet[1][0]) - (feet[0][1] - feet[0][0]))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mocap", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    windows = load_windows(args.mocap, 2 * args.pairs)
    windows = [windows[number] for number in np.random.default_rng(args.seed).permutation(len(windows))]
    models, rows = load_models(LiftOptions(device="cpu")), {}
    for one, other in zip(windows[::2], windows[1::2], strict=True):
        random = generator_for(args.seed, one.name + other.name, "two people")
        truth = in_one_world(one, other, random)
        camera = place_camera(np.concatenate(truth), "wild", random)
        clips = []
        for person, points in enumerate(truth):
            pixels = camera.project(torch.from_numpy(points)).numpy()
            clips.append(KeypointClip(pixels, np.ones(pixels.shape[:2]), FPS, IMAGE_SIZE, "openpose18", person=person))
        true = [from_camera(points, camera) for points in truth]
        heights = (one.height_m, other.height_m)
        for told, height in (("heights assumed", None), ("heights given", heights)):
            options = LiftOptions(person=ALL, device="cpu", focal=float(camera.matrix[0, 0]), height=height)
            together = lift_together(clips, options, models)
            alone = [
                lift_keypoints(clip, LiftOptions(device="cpu", focal=options.focal, height=each), models)
                for clip, each in zip(clips, height or (None, None), strict=True)
            ]
            for name, motions in (("together", together), ("alone", alone)):
                found = compare(true, [from_camera(motion.keypoints, motion.camera) for motion in motions])
                found["image"] = float(np.mean([_image_error(motion) for motion in motions]))
                rows.setdefault((told, name), []).append(found)
                words = ", ".join(f"{key} {value:.3f}" for key, value in found.items())
                print(f"{one.name} + {other.name}, {told}, {name}: {words}", flush=True)
    for (told, name), found in rows.items():
        means = {key: np.mean([row[key] for row in found]) for key in found[0]}
        middle = np.median([row["place"] for row in found])
        print(
            f"{told}, {name}: {1000 * means['place']:.0f} mm off (median {1000 * middle:.0f}), distance "
            f"{means['distance']:.1%}, bearing {means['bearing']:.1f} degrees, floors {1000 * means['floor']:.0f} mm "
            f"apart, reprojection {means['image']:.2f} % of the height"
        )


def _image_error(motion: Motion) -> float:
    """Mean reprojection error in per cent of the body's height in the image."""
    spans = np.ptp(motion.keypoints_2d, axis=1).max(1)
    return 100 * motion.reprojection_error() / float(np.median(spans))


if __name__ == "__main__":
    main()
