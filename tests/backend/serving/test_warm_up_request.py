# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading before the first lift: it loads what a lift needs, and gives way to whatever comes."""

import importlib
import sys
import threading
import time

import pytest

from backend.errors import Cancelled, UserError
from backend.lifting.models import load_models
from backend.lifting.options import LiftOptions
from backend.serving import warm_up_request
from backend.serving.session import Session


class Told:
    """A report that remembers; from the step `busy` on another request waits, from the step `stop` on it cancels."""

    def __init__(self, busy=99, stop=99):
        self.steps, self._busy, self._stop = 0, busy, stop

    def others_wait(self):
        return self.steps >= self._busy

    def progress(self, stage, done, total):
        self.steps += 1
        if self.steps > self._stop:
            raise Cancelled


def test_what_a_lift_needs_is_there_afterwards():
    report = Told()
    assert warm_up_request.handle({"options": {"device": "cpu", "seed": 4}}, report) == {"loaded": True}
    models = load_models(LiftOptions(device="cpu"))
    assert {"multiview", "body", "prior"} <= models.__dict__.keys()
    assert "backend.lifting.lift_file" in sys.modules and report.steps == 6


@pytest.mark.parametrize("step", [0, 2])
def test_it_gives_way_between_two_steps(monkeypatch, step):
    imported = []
    monkeypatch.setattr(importlib, "import_module", lambda *words: imported.append(words))
    assert warm_up_request.handle({}, Told(busy=step)) == {"loaded": False}
    assert len(imported) == step
    with pytest.raises(Cancelled):
        warm_up_request.handle({}, Told(stop=step))
    assert len(imported) == 2 * step


def test_options_that_no_lift_can_use_are_told():
    with pytest.raises(UserError, match="no option 'sed'"):
        warm_up_request.handle({"options": {"sed": 3}}, Told())


def test_a_job_knows_whether_others_wait():
    class Channel:
        def send(self, event, **values):
            pass

    seen = []

    def look(request, report):
        listened.wait(30)
        seen.append(report.others_wait())
        return {}

    session = Session(Channel(), {"look": look}, "0")
    listened = threading.Event()

    def lines():
        yield b'{"id": "1", "request": "look"}'
        yield b'{"id": "2", "request": "look"}'
        listened.set()
        while len(seen) < 2:
            time.sleep(0.01)

    session.run(lines())
    assert seen == [True, False]
