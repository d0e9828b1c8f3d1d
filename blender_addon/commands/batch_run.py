# SPDX-License-Identifier: GPL-3.0-or-later
"""What all batches have in common: which sources are to be worked on, and what is kept and told of each."""

import os
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..batch import results as kept
from ..batch.find import Found
from ..batch.fingerprint import fingerprint
from ..batch.identity import identity
from ..batch.names import output_names
from ..batch.recognise import may_be_motion
from ..batch.results import Record, Results
from ..batch.table import line, summary, table
from ..core import CoreError
from .arguments import CommandError
from .display import Display
from .write_outputs import write_outputs


@dataclass(frozen=True)
class Task:
    """A source to be worked on. folder: for its outputs until all are whole. content: the source's hash.
    earlier: the record of an earlier run whose motion file only wants to be written in further formats."""

    source: Path
    name: str
    folder: Path
    content: str
    earlier: Record | None = None


class BatchRun:
    """One run over many sources into a folder. Use it as a context; raises CommandError if it cannot work there."""

    def __init__(self, found: Found, out: Path, formats: Sequence[str], settings: Mapping[str, Any]):
        self.found, self.out, self.formats, self.settings = found, out, formats, kept.plain(settings)
        self.records: list[Record] = []  # of this run, as they come
        self.display = Display(sys.stderr)
        self.count = len(found.sources) + len(found.missing)
        if not found.sources:
            raise CommandError(found.missing[0][1] if found.missing else "no sources are named")
        if out.exists() and not out.is_dir():
            raise CommandError(f"{out} is a file; expected a folder, there or not, as --out")
        inside = [source for source in found.sources if source.is_dir() and identity(source) == identity(out)]
        if inside:
            raise CommandError(f"{out} is a clip itself; expected a folder for the outputs as --out")
        try:
            self.results = Results(out)
            self._made = not out.exists()
            out.mkdir(parents=True, exist_ok=True)
            self._drafts = tempfile.TemporaryDirectory(prefix=".lift3d-", dir=out, ignore_cleanup_errors=True)
        except kept.ResultsError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"nothing can be written into {out}: {error.strerror}") from None

    def __enter__(self) -> "BatchRun":
        return self

    def __exit__(self, *error: Any) -> None:
        self.display.clear()
        self._drafts.cleanup()
        if self._made and not any(self.out.iterdir()):
            self.out.rmdir()

    def tasks(self, force: bool) -> list[Task]:
        """What is to be done. What is not, is told: finished sources (not with force), and words that gave nothing."""
        if left_out := [str(path) for path in self.found.left_out]:
            some = ", ".join(left_out[:5]) + (f" and {len(left_out) - 5} more" if len(left_out) > 5 else "")
            self.display.line(f"lift3d: note: left out, since their content is something else: {some}")
        held = {key: record.name for key, record in self.results.records.items()}
        absent = list(zip(self._absent(), (sentence for _, sentence in self.found.missing), strict=True))
        names = output_names([*self.found.sources, *self._absent()], held, self._reserved())
        todo = []
        for source in self.found.sources:
            name = names[identity(source)]
            try:
                content = fingerprint(source, (".json",) if source.is_dir() else ())
            except OSError as error:
                absent.append((source, f"{source} cannot be read: {error.strerror}"))
                continue
            done = None if force else self.results.finished(source, content, self.settings, self.formats)
            if done:
                self._tell(replace(done, result=kept.SKIPPED))
            else:
                earlier = None if force else self.results.lifted(source, content, self.settings)
                todo.append(Task(source, name, Path(self._drafts.name, name), content, earlier))
        for path, sentence in absent:
            self._keep(self._record(path, names[identity(path)], kept.FAILED, sentence=sentence))
        return todo

    def draft(self, task: Task) -> Path:
        """Where a lift writes a task's motion file, in the task's folder, which is there."""
        task.folder.mkdir(exist_ok=True)
        return task.folder / f"{task.name}.npz"

    def finish(self, task: Task, motion: Path, body: str | None, facts: Mapping[str, Any], warnings: Iterable[str],
               seconds: float) -> None:  # fmt: skip
        """Make a task's outputs of its motion file, whole or not at all, and keep what came of it.

        body: instead of the motion's own. facts: what is known beside the motion: reprojection_px, confidence.
        """
        values: dict[str, Any]
        try:
            task.folder.mkdir(exist_ok=True)
            made = write_outputs(motion, body, task.folder, task.name, self.formats, self._kept(task, motion))
            outputs = self._publish(task)
            values = {
                "result": kept.DONE, "frames": made.frames, "fps": made.fps, "outputs": outputs,
                "warnings": list(dict.fromkeys([*warnings, *made.warnings])),
                "seconds": round(seconds + made.seconds, 2),
                **{name: facts.get(name) for name in ("reprojection_px", "confidence")},
            }  # fmt: skip
        except CoreError as error:
            values = {"result": kept.FAILED, "sentence": str(error)}
        except MemoryError:
            values = {"result": kept.FAILED, "sentence": "out of memory"}
        except OSError as error:
            values = {"result": kept.FAILED, "sentence": f"{error.filename} cannot be written: {error.strerror}"}
        except Exception as error:  # whatever an exporter does, the other clips go on
            sentence = f"something unforeseen went wrong ({' '.join(f'{type(error).__name__}: {error}'.split())[:200]})"
            values = {"result": kept.FAILED, "sentence": sentence, "details": traceback.format_exc()}
        shutil.rmtree(task.folder, ignore_errors=True)
        values.setdefault("seconds", round(seconds, 2))
        self._keep(self._record(task.source, task.name, content=task.content, **values))

    def fail(self, task: Task, sentence: str, details: str = "", seconds: float = 0.0) -> None:
        """Keep that a task has failed."""
        shutil.rmtree(task.folder, ignore_errors=True)
        values = {"sentence": sentence, "details": details, "seconds": round(seconds, 2), "content": task.content}
        self._keep(self._record(task.source, task.name, kept.FAILED, **values))

    def cancel(self, tasks: Iterable[Task]) -> None:
        """These were stopped or not begun: what an earlier run kept of them stays."""
        for task in tasks:
            self.records.append(self._record(task.source, task.name, kept.CANCELLED))

    def close(self, as_json: bool) -> int:
        """Print the table, or JSON; the exit code, if nothing has been interrupted."""
        self.display.clear()
        places = {identity(path): place for place, path in enumerate([*self.found.sources, *self._absent()])}
        self.records.sort(key=lambda record: places[identity(record.clip)])
        stream = sys.stderr if as_json else sys.stdout
        print("\n".join(["", *table(self.records), ""]), file=stream)
        notes = Counter(text for record in self.records for text in record.warnings if record.result == kept.DONE)
        for text, count in notes.items():
            print(f"lift3d: note{f', {count} times' if count > 1 else ''}: {text}", file=sys.stderr)
        print(f"{summary(self.records)}; all of it is in {self.results.path}", file=stream)
        if as_json:
            print(kept.as_json(self.records))
        return int(any(record.result == kept.FAILED for record in self.records))

    def _absent(self) -> list[Path]:
        """Where the sources would be that are named and not there."""
        return [Path(word) for word, _ in self.found.missing]

    def _kept(self, task: Task, motion: Path) -> Path | None:
        """Where a task's motion file is when all is done; None if it is not kept."""
        if "npz" in self.formats:
            return (self.out / f"{task.name}.npz").absolute()
        return None if motion.is_relative_to(task.folder) else motion.absolute()

    def _publish(self, task: Task) -> list[str]:
        """Move the wished outputs from the draft to their places; their names, after those of an earlier run."""
        wished = [f"{task.name}.{ending}" for ending in self.formats]
        if "npz" in self.formats and (task.folder / f"{task.name}.body.npz").exists():
            wished.append(f"{task.name}.body.npz")  # which the motion names as its own
        for name in wished:
            os.replace(task.folder / name, self.out / name)
        there = [name for name in (task.earlier.outputs if task.earlier else ()) if (self.out / name).is_file()]
        return list(dict.fromkeys([*there, *wished]))

    def _reserved(self) -> list[str]:
        """Names whose outputs would be written over a source, or over what is none of ours."""
        ours = {identity(self.out / name) for record in self.results.records.values() for name in record.outputs}
        held = {identity(source) for source in self.found.sources}
        there = [path for path in self.out.glob("*.*") if path.suffix[1:] in self.formats] if self.out.is_dir() else []
        return [
            path.stem
            for path in there
            if identity(path) in held
            or (identity(path) not in ours and not (path.suffix == ".npz" and may_be_motion(path)))
        ]

    def _record(self, source: Path, name: str, result: str, **values: Any) -> Record:
        return Record(os.path.realpath(source), name, result, settings=self.settings, **values)

    def _keep(self, record: Record) -> None:
        """Into the results file, and to the user."""
        self.results.put(record)
        self._tell(record)

    def _tell(self, record: Record) -> None:
        self.records.append(record)
        self.display.line(line(record, len(self.records), self.count))
