# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: a method with the model it uses, and what that model's card says it has learnt from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ...diffusion.checkpoint import load_tensors
from ...lifting.models import LINE_FILE, MULTIVIEW_FILE, LiftModels, load_models
from ...lifting.options import LiftOptions
from ...subjects import get_subject
from .. import EvaluationError
from ..baselines import BASELINES
from ..baselines.weights import weights_of
from ..methods import Method, lifters
from .groups import DEFAULT_MODEL, uses_model

COST_STEPS = (1, 2, 5, 10, 20, 50)
COST_SAMPLES = (1, 3, 5)


@dataclass(frozen=True)
class Entry:
    """One row to be. key: what it is called in the results; facts: method, model, film, data, ...; lift: the method."""

    key: str
    facts: dict
    lift: Method


def parse_models(words: list[str]) -> dict[str, Path | None]:
    """{name: folder} from NAME=DIR or DIR, the folder's name being the model's; the bundled one without any.

    Raises EvaluationError for two of one name and for folders that are none.
    """
    models: dict[str, Path | None] = {}
    for word in words:
        name, equals, folder = word.partition("=")
        path = Path(folder if equals else word)
        name = name if equals else path.resolve().name
        if not path.is_dir() or not name:
            raise EvaluationError(f"expected --model NAME=DIR with a folder of checkpoints, got {word!r}")
        if name in models:
            raise EvaluationError(f"expected models of different names, got {name!r} twice: name them by NAME=DIR")
        models[name] = path
    return models or {DEFAULT_MODEL: None}


def parse_baselines(word: str | None) -> tuple[str | None, Path | None]:
    """What the trained baselines of a folder are called, and the folder, from NAME=DIR or DIR; no name and no folder
    without. Raises EvaluationError for a folder that is none."""
    if not word or Path(word).is_dir():
        return None, Path(word) if word else None
    name, _, folder = word.partition("=")
    if not name or not Path(folder or name).is_dir():
        raise EvaluationError(f"expected --baselines NAME=DIR or DIR with a folder of trained baselines, got {word!r}")
    return name, Path(folder)


def entries_for(
    names: list[str], models: dict[str, Path | None], options: LiftOptions, baselines: Path | None = None,
    subject: str = "human", called: str | None = None,
) -> list[Entry]:  # fmt: skip
    """An entry for every method, those that use the model one for each of the models; called: the name of what the
    baselines have learnt. Raises UserError."""
    entries = []
    for number, (model, folder) in enumerate(models.items()):
        chosen = replace(options, model=folder)
        mine = [name for name in names if number == 0 or uses_model(name)]
        made = lifters(mine, chosen, _loaded(chosen, subject), baselines)
        for name in mine:
            ours = uses_model(name)
            facts = model_facts(model, folder, subject) if ours else baseline_facts(name, baselines, subject, called)
            key = f"{name}@{facts['model']}" if facts["model"] else name
            entries.append(Entry(key, {"method": name, **facts}, made[name]))
    return entries


def cost_entries(
    method: str, models: dict[str, Path | None], options: LiftOptions, subject: str = "human"
) -> list[Entry]:
    """One method of the first model at every number of steps and samples, its own defaults marked. Raises UserError."""
    from ...lifting.space import SAMPLES, STEPS

    model, folder = next(iter(models.items()))
    usual = (STEPS[method], SAMPLES.get(method, 1))
    entries = []
    for samples in COST_SAMPLES:
        for steps in COST_STEPS:
            chosen = replace(options, model=folder, steps=steps, samples=samples)
            facts = {"method": method, "steps": steps, "samples": samples, "default": (steps, samples) == usual}
            lift = lifters([method], chosen, _loaded(chosen, subject))[method]
            key = f"{method}@{model} {steps} x {samples}"
            entries.append(Entry(key, {**facts, **model_facts(model, folder, subject)}, lift))
    return entries


def _loaded(options: LiftOptions, subject: str) -> LiftModels:
    """Models that are in memory before any clock starts. Raises UserError."""
    models = load_models(options, subject).load()
    _ = models.line
    return models


def model_facts(name: str, folder: Path | None, subject: str = "human") -> dict:
    """What the cards of a model's two networks say: data, film ("many", "single", "clips"), licences, steps, preset."""
    folder = folder or get_subject(subject).model
    line, multiview = (load_tensors(folder / file)[1] for file in (LINE_FILE, MULTIVIEW_FILE))
    steps = f"{line.get('steps', '?')} + {multiview.get('steps', '?')}"
    return {"model": name, **_learnt(line), "steps_trained": steps}


def baseline_facts(name: str, root: Path | None, subject: str = "human", called: str | None = None) -> dict:
    """As model_facts for a baseline's own weights; nothing for one that learns nothing."""
    if name not in BASELINES or BASELINES[name].learns_from is None:
        return {"model": None, "film": None, "data": None}
    card = load_tensors(weights_of(name, root, subject))[1]
    return {"model": called, **_learnt(card), "steps_trained": str(card.get("steps", "?"))}


def _learnt(card: dict) -> dict:
    data = str(card.get("data", "not stated"))
    film = re.search(r"--film (\w+)", data)
    licences = card.get("licences", [])
    return {
        "data": data,
        "film": film[1] if film else None,
        "licences": [str(each) for each in licences] if isinstance(licences, list) else [str(licences)],
        "preset": card.get("preset"),
    }
