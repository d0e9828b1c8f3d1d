# SPDX-License-Identifier: GPL-3.0-or-later
"""The dispatcher: quick help, one line for each kind of error, and its exit code."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend import __main__ as command_line
from backend import commands
from backend.errors import Cancelled, UserError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def failing(monkeypatch):
    """Make the only command one that raises what it is given."""

    def install(error: BaseException) -> None:
        def run(args) -> int:
            raise error

        module = SimpleNamespace(HELP="Fail.", add_arguments=lambda parser: None, run=run)
        monkeypatch.setattr(commands, "names", lambda: ["fail"])
        monkeypatch.setattr(commands, "load", lambda name: module)

    return install


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("expected a clip,\nfound a cat"), 2, "lift3d: expected a clip, found a cat\n"),
        (KeyboardInterrupt(), 130, "lift3d: interrupted\n"),
        (Cancelled(), 130, "lift3d: interrupted\n"),
        (type("OutOfMemoryError", (RuntimeError,), {})("cuda"), 2, "lift3d: out of memory"),
    ],
)
def test_foreseen_errors_are_one_line(failing, capsys, error, code, line):
    failing(error)
    assert command_line.main(["fail"]) == code
    printed = capsys.readouterr()
    assert printed.err.startswith(line) and printed.err.count("\n") == 1
    assert printed.out == ""


def test_an_unforeseen_error_names_the_log_that_holds_the_traceback(failing, capsys):
    failing(ZeroDivisionError("seven\nby nought"))
    assert command_line.main(["fail"]) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "Traceback" not in line and "seven by nought" in line
    log = Path(re.search(r"the log is (.+)\n", line)[1])
    text = log.read_text(encoding="utf-8")
    log.unlink()
    assert "Traceback" in text and "in run" in text


@pytest.mark.parametrize("words", [["paint"], ["check", "--colour", "red"]])
def test_wrong_words_get_one_line_and_exit_code_2(capsys, words):
    assert command_line.main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_lists_every_command_with_its_line_and_does_not_import_torch():
    program = "import sys; from backend.__main__ import main; main(['--help']); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for name in commands.names():
        assert re.search(rf"^  {name} +\w", done.stdout, re.MULTILINE), f"no help line for {name}"


def test_a_reader_that_goes_away_is_no_error():
    words = [sys.executable, "-m", "backend", "--help"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 141
    process.stderr.close()
