# SPDX-License-Identifier: GPL-3.0-or-later
"""What a panning and shaking camera costs a lift, with its motion taken out and without, beside a camera at rest.

    python benchmarks/moving_camera.py --mocap DIR [--windows 8]

A textured room is rendered by Blender all around one point beside the way of people of held-out motion capture. From
there a camera in somebody's hands follows them as they pass; what it sees is cut from that panorama, a figure before
it. The turns are found from these pictures alone; keypoints are those of the capture, projected. The same people are
filmed from the same point by a camera at rest that sees all of their way, and by one that is carried along with them,
whose path is known as from a solve, in a scene with the floor and scale set. Figures are means.
"""

import argparse
import math
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch

from backend.evaluation import metrics
from backend.evaluation.filming import IMAGE_SIZE, generator_for
from backend.evaluation.windows import FPS, Window, evenly, load_windows
from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.keypoints import KeypointClip, get_layout
from backend.keypoints.camera_file import FilmCamera
from backend.keypoints.camera_track import CameraTrack
from backend.lifting.lift import lift_keypoints
from backend.lifting.models import load_models
from backend.lifting.options import LiftOptions
from backend.video.camera_motion import CameraTracker
from backend.video.pose import Box

SMALL = (640, 360)  # what is looked at
DISTANCE = 4.0  # metres from the middle of the way, to one side of it
HEIGHT = 1.5  # of the camera, metres
ASLANT = math.radians(25)  # that the way may run towards the camera or away from it
PAN = math.radians(25)  # windows that need less are left out
LONGEST_FOCAL = 1500.0
INSIDE = 0.9  # of the picture: what is filmed stays within
SHAKE = 0.012  # radians
CARRIED = 0.8  # of somebody's way
_ROOM = """
import bpy, addon_utils, math, random, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
addon_utils.enable("cycles")
scene = bpy.context.scene
scene.render.engine, scene.cycles.samples, scene.cycles.device = "CYCLES", 4, "CPU"
scene.render.resolution_x, scene.render.resolution_y = 2048, 1024
scene.view_settings.view_transform = "Standard"
random.seed(1)

def paint(scale, one, other):
    material = bpy.data.materials.new("paint")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    noise, ramp = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeValToRGB")
    where = nodes.new("ShaderNodeTexCoord")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = scale, 8
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (*one, 1), (*other, 1)
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.4, 0.6
    links.new(where.outputs["Object"], noise.inputs["Vector"])
    links.new(noise.outputs["Fac"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    return material

bpy.ops.mesh.primitive_cube_add(size=1, location=(0, 0, 1.9))
bpy.context.object.scale = (16, 16, 6.2)
bpy.context.object.data.materials.append(paint(3, (0.5, 0.45, 0.4), (0.75, 0.72, 0.66)))
for number in range(60):
    angle, far = random.uniform(0, 2 * math.pi), random.uniform(4.5, 7.5)
    size = random.uniform(0.2, 1.1)
    bpy.ops.mesh.primitive_cube_add(size=size, location=(far * math.cos(angle), far * math.sin(angle),
                                    random.choice((-1.2 + size / 2, random.uniform(-0.5, 3)))),
                                    rotation=(0, 0, random.uniform(0, 3)))
    one, other = ([random.random() for _ in range(3)] for _ in range(2))
    bpy.context.object.data.materials.append(paint(random.uniform(2, 9), one, other))
bpy.ops.object.light_add(type="AREA", location=(0, 0, 4.8))
bpy.context.object.data.energy, bpy.context.object.data.size = 900, 9
camera = bpy.data.cameras.new("around")
camera.type = "PANO"
where = camera if hasattr(camera, "panorama_type") else camera.cycles  # Blender 5, and those before
where.panorama_type = "EQUIRECTANGULAR"
item = bpy.data.objects.new("around", camera)
item.rotation_euler = (math.pi / 2, 0, 0)
scene.collection.objects.link(item)
scene.camera = item
scene.render.filepath = sys.argv[-1]
bpy.ops.render.render(write_still=True)
"""


def panorama(folder: Path) -> np.ndarray:
    """The room as it is seen all around (H, 2H, 3) uint8 BGR; its middle is +Y."""
    script, picture = folder / "room.py", folder / "room.png"
    script.write_text(_ROOM)
    subprocess.run([sys.executable, str(script), str(picture)], check=True, stdout=subprocess.DEVNULL)
    return cv2.imread(str(picture))


def beside(window: Window) -> Camera:
    """A camera at rest beside somebody's way, with the longest lens that sees all of it."""
    random = generator_for(0, window.name, "camera")
    hips = metrics.mid_hip(window.keypoints)[:, 0]
    middle = (hips.min(0) + hips.max(0)) / 2
    along = np.linalg.svd(hips[:, :2] - hips[:, :2].mean(0))[2][0]
    angle = math.atan2(along[1], along[0]) + math.pi / 2 + random.uniform(-ASLANT, ASLANT)
    angle += math.pi * random.integers(2)
    centre = np.array([*(middle[:2] + DISTANCE * np.array([math.cos(angle), math.sin(angle)])), HEIGHT])
    rotation, translation = look_at(torch.from_numpy(centre), torch.from_numpy(middle))
    seen = window.keypoints @ rotation.numpy().T + translation.numpy()
    return Camera(_matrix(longest_lens(seen)), rotation, translation)


def following(still: Camera, keypoints: np.ndarray, random: np.random.Generator) -> Camera:
    """A camera (T,) in the place of one at rest that follows somebody with a delay, and shakes."""
    hips = metrics.mid_hip(keypoints)[:, 0]
    smooth = cv2.GaussianBlur(hips, (1, 31), 0, borderType=cv2.BORDER_REPLICATE)
    late = smooth[np.maximum(np.arange(len(hips)) - 5, 0)]
    shake = SHAKE * cv2.GaussianBlur(random.standard_normal((len(hips), 3)), (1, 5), 0)
    target = torch.from_numpy(late + shake * np.linalg.norm(hips - still.centre.numpy(), axis=1, keepdims=True))
    rotation, translation = look_at(still.centre.expand(len(hips), 3), target, torch.from_numpy(shake[:, 0]))
    seen = keypoints @ rotation.numpy().transpose(0, 2, 1) + translation.numpy()[:, None]
    return Camera(_matrix(longest_lens(seen)).expand(len(hips), 3, 3), rotation, translation)


def longest_lens(seen: np.ndarray) -> float:
    """The longest focal length in pixels that has all points (..., 3) of a camera's frame in the picture."""
    half = INSIDE * np.array(IMAGE_SIZE) / 2
    return min(float((half * seen[..., 2:] / np.abs(seen[..., :2])).min()), LONGEST_FOCAL)


def _matrix(focal: float) -> torch.Tensor:
    return intrinsics(torch.tensor(focal, dtype=torch.float64), torch.tensor(IMAGE_SIZE, dtype=torch.float64) / 2)


def panned(window: Window) -> float:
    """By how many radians a camera beside it turns to follow somebody."""
    camera = beside(window)
    seen = metrics.mid_hip(window.keypoints)[:, 0] @ camera.rotation.numpy().T + camera.translation.numpy()
    return float(np.ptp(np.arctan2(seen[:, 0], seen[:, 2]))) if (seen[:, 2] > 1).all() else 0.0


def picture(room: np.ndarray, camera: Camera, figure: np.ndarray) -> np.ndarray:
    """What a camera sees of the room, with a figure (18, 2) in pixels of the picture before it."""
    scale = SMALL[0] / IMAGE_SIZE[0]
    focal = float(camera.matrix[0, 0]) * scale
    x, y = np.meshgrid(np.arange(SMALL[0]) - SMALL[0] / 2, np.arange(SMALL[1]) - SMALL[1] / 2)
    rays = np.stack([x / focal, y / focal, np.ones_like(x)], -1) @ camera.rotation.numpy()  # into the world
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    height, width = room.shape[:2]
    across = (np.arctan2(rays[..., 0], rays[..., 1]) / (2 * math.pi) + 0.5) * width
    down = (0.5 - np.arcsin(rays[..., 2]) / math.pi) * height
    image = cv2.remap(
        room, across.astype(np.float32), down.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )
    thick = max(int(0.09 * np.ptp(figure[:, 1])), 2)
    for a, b in get_layout("openpose18").bones:
        one, other = (tuple(int(v) for v in figure[k]) for k in (a, b))
        cv2.line(image, one, other, (60 + 40 * (a % 3), 70, 90), thick, cv2.LINE_AA)
    return image


def carried(still: Camera, keypoints: np.ndarray) -> Camera:
    """A camera (T,) that is carried along with somebody, most of the way, and looks at them."""
    hips = metrics.mid_hip(keypoints)[:, 0]
    smooth = cv2.GaussianBlur(hips, (1, 31), 0, borderType=cv2.BORDER_REPLICATE)
    along = CARRIED * (smooth - smooth.mean(0)) * (1, 1, 0)
    centre = still.centre + torch.from_numpy(along)
    rotation, translation = look_at(centre, torch.from_numpy(smooth))
    seen = keypoints @ rotation.numpy().transpose(0, 2, 1) + translation.numpy()[:, None]
    return Camera(_matrix(longest_lens(seen)).expand(len(hips), 3, 3), rotation, translation)


def filmed(camera: Camera, world: torch.Tensor) -> KeypointClip:
    """What a perfect detector sees of keypoints (T, K, 3)."""
    seen = [(camera[t] if camera.rotation.dim() == 3 else camera).project(world[t]) for t in range(len(world))]
    pixels = torch.stack(seen).numpy()
    return KeypointClip(pixels, np.ones(pixels.shape[:2]), FPS, IMAGE_SIZE, "openpose18")


def tracked(
    window: Window, moving: Camera, clip: KeypointClip, room: np.ndarray, save: Path | None
) -> tuple[CameraTrack | None, CameraTrack | None]:
    """How a camera is found to turn in its pictures, with its focal length known and without."""
    scale = SMALL[0] / IMAGE_SIZE[0]
    trackers = CameraTracker(SMALL, float(moving.matrix[0, 0, 0]) * scale), CameraTracker(SMALL)
    for t, points in enumerate(clip.points):
        figure = points * scale
        image = picture(room, moving[t], figure)
        if save is not None and t in (0, len(clip) // 2, len(clip) - 1):
            cv2.imwrite(str(save / f"{window.name}_{t:03d}.png"), image)
        for tracker in trackers:
            tracker.add(t / FPS, image, [Box(*figure.min(0).tolist(), *figure.max(0).tolist())])
    tracks = [tracker.track(FPS) for tracker in trackers]
    return tuple(track and replace(track, focal=track.focal and track.focal / scale) for track in tracks)


def measure(window: Window, room: np.ndarray, models, options: LiftOptions, save: Path | None) -> dict[str, float]:
    """T_root of one window in mm, by how it was filmed and what was known or found of the camera."""
    still, world = beside(window), torch.from_numpy(np.asarray(window.keypoints, np.float64))
    turning = following(still, window.keypoints, generator_for(0, window.name, "pan"))
    along = carried(still, window.keypoints)
    clip, focal = filmed(turning, world), float(turning.matrix[0, 0, 0])
    known, found = tracked(window, turning, clip, room, save)
    solved = FilmCamera(
        IMAGE_SIZE, np.array([float(along.matrix[0, 0, 0])]), (IMAGE_SIZE[0] / 2, IMAGE_SIZE[1] / 2),
        rotations=along.rotation.numpy(), positions=along.centre.numpy(), in_scene=True,
    )  # fmt: skip

    def t_root(clip: KeypointClip, focal: float | None = None) -> float:
        motion = lift_keypoints(clip, replace(options, focal=focal), models)
        return metrics.t_root_mm(*metrics.align_first_frame(motion.keypoints.astype(float), window.keypoints))

    return {
        "at rest": t_root(filmed(still, world), float(still.matrix[0, 0])),
        "turns taken out": t_root(replace(clip, camera=known), focal),
        "turns and focal found": t_root(replace(clip, camera=found)),
        "turns ignored": t_root(clip, focal),
        "carried, solved": t_root(solved.of(filmed(along, world))),
        "carried, only turns": t_root(replace(solved, in_scene=False).of(filmed(along, world))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mocap", type=Path, required=True, metavar="DIR")
    parser.add_argument("--windows", type=int, default=8, help="how many of those with a pan")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="keep some of the pictures here")
    args = parser.parse_args()
    windows = evenly([window for window in load_windows(args.mocap) if panned(window) > PAN], args.windows)
    options = LiftOptions(device="cpu")
    models = load_models(options).load()
    with tempfile.TemporaryDirectory() as folder:
        room = panorama(Path(folder))
    if args.pictures is not None:
        args.pictures.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(args.pictures / "room.png"), room)
    rows = []
    for window in windows:
        rows.append(measure(window, room, models, options, args.pictures))
        figures = "  ".join(f"{name} {value:5.0f}" for name, value in rows[-1].items())
        print(f"{window.name:40} {math.degrees(panned(window)):3.0f} degrees  {figures}", flush=True)
    means = {name: np.mean([row[name] for row in rows]) for name in rows[0]}
    for name, value in means.items():
        print(f"T_root, {name}: {value:.0f} mm, {value / means['at rest']:.2f} times that at rest")


if __name__ == "__main__":
    main()
