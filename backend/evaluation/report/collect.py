# SPDX-License-Identifier: GPL-3.0-or-later
"""Measuring into a results file, window by window, going on where an earlier run was stopped."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from .. import EvaluationError, benchmark
from ..benchmark import Conditions
from ..fid import frechet_distance, lifted_features, true_features
from ..filming import Film
from ..methods import LiftedMotion
from ..motion_features import MotionAutoencoder
from ..windows import Window
from . import results
from .entries import Entry
from .kinds import kind_of
from .sketch import sketch_lifted, sketch_truth

#: (condition, windows done, windows in all)
Heard = Callable[[str, int, int], None]


def describe_window(window: Window, conditions: Conditions, description: str) -> dict:
    """What the page needs to know of a window, whatever lifts it."""
    clean, _ = benchmark.observe(window, conditions)
    return {
        "name": window.name,
        "frames": len(window.keypoints),
        "seconds": window.seconds,
        "travels": window.travels,
        "description": description,
        "kind": kind_of(window.name, description),
        "points": window.keypoints.shape[1],
        "fingerprint": _fingerprint(window.keypoints),
        **sketch_truth(window, clean),
    }


def _fingerprint(keypoints: np.ndarray) -> list[float]:
    """Mean and spread (6 numbers, metres) of keypoints (T, K, 3) along the axes; not their bytes, whose last bits are
    others on another processor."""
    return np.round([*keypoints.mean((0, 1)), *keypoints.std((0, 1))], 4).tolist()


def read_descriptions(folder: Path, windows: list[Window]) -> dict[str, str]:
    """The description of each window's clip, "" where it has none."""
    descriptions = {}
    for window in windows:
        with np.load(Path(folder) / f"{window.clip or window.name}.npz", allow_pickle=False) as data:
            descriptions[window.name] = str(data["description"]) if "description" in data.files else ""
    return descriptions


def measure(
    path: Path, windows: list[Window], entries: list[Entry], conditions: Conditions, descriptions: dict[str, str],
    session: dict, heard: Heard = lambda condition, done, total: None, extractor: MotionAutoencoder | None = None,
    again: bool = False,
) -> dict:  # fmt: skip
    """Measure what `path` does not hold yet of these entries, save after every window, and return all it then holds.

    Several processes may measure into one file, each its own entries. Entries take turns on a window, so that a busy
    machine slows all alike. descriptions: of the windows' clips, by name; session: date, command, machine; extractor:
    of FID's features, None to do without; again: measure these entries anew. Raises EvaluationError where the file is
    of other windows, conditions or models.
    """
    about = [describe_window(window, conditions, descriptions.get(window.name, "")) for window in windows]
    new = results.empty(asdict(conditions), about)
    with results.changing(path, new) as data:
        _check_conditions(data, about, conditions, path)
        data["windows"] = about  # kept results have only the sketches that were drawn
        if again:
            _forget(data, [entry.key for entry in entries])
        _check_models(data, entries, path)
        if extractor is not None:
            _check_extractor(data, extractor, path)
            _forget(data, [entry.key for entry in entries if _lacks_fid(data, entry.key)])
        data["entries"] |= {entry.key: entry.facts for entry in entries}
        number = None
    for done, window in enumerate(windows, start=1):
        have = _measured(results.read(path), window)
        missing = {entry.key: entry.lift for entry in entries if entry.key not in have}
        if missing:
            clips, sketches = _measure_window(window, missing, conditions, extractor)
            with results.changing(path, new) as data:
                if number is None:
                    data["sessions"].append(session)
                    number = len(data["sessions"]) - 1
                have = _measured(data, window)  # by another process meanwhile
                data["clips"] += [{**clip, "session": number} for clip in clips if clip["method"] not in have]
                for name, sketch in sketches.items():
                    data["sketches"].setdefault(name, {})[window.name] = sketch
                results.summarise(data)
        heard(path.stem, done, len(windows))
    with results.changing(path, new) as data:
        results.summarise(data, _fids(data, windows, extractor, conditions) if extractor else {})
    return data


def _measured(data: dict, window: Window) -> set[str]:
    return {clip["method"] for clip in data["clips"] if clip["window"] == window.name}


def _measure_window(
    window: Window, missing: dict, conditions: Conditions, extractor: MotionAutoencoder | None
) -> tuple[list[dict], dict]:
    """The clips and the sketches, by method, of one window."""
    sketches, features = {}, {}

    def keep(name: str, window: Window, motion: LiftedMotion, clean: Film) -> None:
        sketches[name] = sketch_lifted(motion, window)
        if extractor is not None:
            features[name] = np.round(lifted_features([motion], extractor), 6).tolist()

    clips = benchmark.run([window], missing, conditions, keep=keep)["clips"]
    if extractor is not None:
        clips = [{**clip, "features": features[clip["method"]]} for clip in clips]
    return clips, sketches


def _check_conditions(data: dict, about: list[dict], conditions: Conditions, path: Path) -> None:
    if data["settings"] != asdict(conditions):
        differ = [name for name, value in asdict(conditions).items() if data["settings"].get(name) != value]
        raise EvaluationError(
            f"expected the settings that {path.name} was measured with, got another {', '.join(differ)}: "
            "give another folder as --results"
        )
    results.check_same_windows(data["windows"], about, f"{path.name} and this run")


def _check_models(data: dict, entries: list[Entry], path: Path) -> None:
    for entry in entries:
        if data["entries"].get(entry.key, entry.facts) != entry.facts:
            raise EvaluationError(
                f"expected the model that {entry.key} in {path.name} was measured with, got one whose card differs: "
                "add --again, or give it another name by --model NAME=DIR"
            )


def _check_extractor(data: dict, extractor: MotionAutoencoder, path: Path) -> None:
    """Features of two extractors are no set to compare."""
    stamp = zlib.crc32(b"".join(value.cpu().numpy().tobytes() for value in extractor.state_dict().values()))
    if data.setdefault("extractor", stamp) != stamp and _has_fid(data):
        raise EvaluationError(
            f"expected the FID features that {path.name} was measured with, got others: give another --results"
        )
    data["extractor"] = stamp


def _has_fid(data: dict) -> bool:
    return any("features" in clip for clip in data["clips"]) or any("fid" in row for row in data["rows"])


def _lacks_fid(data: dict, key: str) -> bool:
    """Was it measured without FID? Features come from the motions, and those are not kept."""
    known = any(row["method"] == key and "fid" in row for row in data["rows"])
    return not known and any("features" not in clip for clip in results.clips_of(data, key))


def _forget(data: dict, keys: list[str]) -> None:
    data["clips"] = [clip for clip in data["clips"] if clip["method"] not in keys]
    data["rows"] = [row for row in data["rows"] if row["method"] not in keys]
    for key in keys:
        data["entries"].pop(key, None)
        data["sketches"].pop(key, None)


def _fids(data: dict, windows: list[Window], extractor: MotionAutoencoder, conditions: Conditions) -> dict[str, float]:
    truth = true_features(windows, extractor, conditions)
    fids = {}
    for key in data["entries"]:
        clips = results.clips_of(data, key)
        if len(clips) == len(windows) and all("features" in clip for clip in clips):
            fids[key] = 100 * frechet_distance(np.concatenate([clip["features"] for clip in clips]), truth)
    return fids
