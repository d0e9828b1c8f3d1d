# SPDX-License-Identifier: GPL-3.0-or-later
"""From the words on a command line to the files they mean: paths, folders, and patterns such as takes/**/*.json."""

import glob
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..core.file_kind import CLIP_ENDINGS, is_map
from .identity import identity
from .recognise import is_clip_folder, is_footage, is_frame, is_twin, may_be_clip, may_be_motion


@dataclass(frozen=True)
class Found:
    """sources: files and clip folders, each once, in the order of the words. missing: (word, sentence) of words that
    gave nothing. left_out: files of the right ending whose content is something else."""

    sources: list[Path] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[Path] = field(default_factory=list)


def find_clips(words: Iterable[str]) -> Found:
    """The clips to lift, of 2D keypoints or videos: a file, a folder that is a clip, or the clips in a folder and in
    those in it. A video beside its keypoints is their footage and no clip of its own, a table beside its .h5 the same
    clip again.

    A file named outright is taken whatever it is; those found by a pattern or in a folder, if they can be clips. One
    frame of a folder that is a clip stands for the folder, so that a shell's takes/* finds it too.
    """
    what = "clip of 2D keypoints or video"
    return _Search(may_be_clip, is_clip_folder, is_frame, CLIP_ENDINGS, what, _goes_with_another).search(words)


def _goes_with_another(path: Path) -> bool:
    return is_map(path) or is_footage(path) or is_twin(path)


def find_motions(words: Iterable[str]) -> Found:
    """The motion files, likewise."""
    return _Search(may_be_motion, lambda path: False, lambda path: False, (".npz",), "motion file").search(words)


@dataclass
class _Search:
    """One search. belongs, whole, part: whether a file is of the kind, a folder is one, a file is part of such. aside:
    whether a file only goes with another one."""

    belongs: Callable[[Path], bool]
    whole: Callable[[Path], bool]
    part: Callable[[Path], bool]
    endings: tuple[str, ...]
    what: str
    aside: Callable[[Path], bool] = lambda path: False

    def search(self, words: Iterable[str]) -> Found:
        self._found: Found = Found()
        self._taken: set[str] = set()
        self._wholes: dict[str, bool] = {}
        for word in words:
            if problem := self._word(word):
                self._found.missing.append((word, problem))
        return self._found

    def _word(self, word: str) -> str:
        """Take in what a word means; if that is nothing, why."""
        path = Path(os.path.expanduser(word))
        if word and os.path.isdir(path):
            return "" if self._folder(path) else f"there is no {self.what} in the folder {word}"
        if word and os.path.exists(path):
            self._take(self._stands_for(path))
            return ""
        if not glob.has_magic(word):
            return f"{word or 'an empty word'} does not exist; expected a {self.what}, a folder or a pattern"
        any_found = False
        for name in sorted(glob.glob(str(path), recursive=True)):
            any_found |= self._folder(Path(name)) if os.path.isdir(name) else self._file(Path(name))
        return "" if any_found else f"no {self.what} matches {word}"

    def _folder(self, folder: Path) -> bool:
        """Take a folder that is a source, else all sources in it; whether there was one."""
        any_found = False
        for place, inner, names in os.walk(folder):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            if self._is_whole(Path(place)):
                self._take(Path(place))
                inner.clear()
                any_found = True
                continue
            for name in sorted(names):
                if not name.startswith("."):
                    any_found |= self._file(Path(place, name))
        return any_found

    def _file(self, path: Path) -> bool:
        """Take a file that was come upon, if it belongs; whether it does."""
        if path.suffix.lower() not in self.endings or self.aside(path):
            return False
        if identity(path.parent) in self._taken:
            return True  # a frame of a folder that is taken
        path = self._stands_for(path)
        if identity(path) in self._taken:
            return True
        if path.is_dir() or self.belongs(path):
            self._take(path)
            return True
        if path not in self._found.left_out:
            self._found.left_out.append(path)
        return False

    def _stands_for(self, path: Path) -> Path:
        """The folder of a file that is a part of it, else the file itself."""
        return path.parent if self._is_whole(path.parent) and self.part(path) else path

    def _is_whole(self, folder: Path) -> bool:
        key = identity(folder)
        if key not in self._wholes:
            self._wholes[key] = self.whole(folder)
        return self._wholes[key]

    def _take(self, path: Path) -> None:
        key = identity(path)
        if key not in self._taken:
            self._taken.add(key)
            self._found.sources.append(path)
