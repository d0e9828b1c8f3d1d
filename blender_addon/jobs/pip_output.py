# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip is doing and what went wrong, read from the lines that it prints. Standard library only.

With --progress-bar raw it says `Progress 10240 of 8239447` after `Downloading NAME.whl (8.2 MB)`.
"""

import platform
import re
from collections.abc import Sequence

_DOWNLOADING = re.compile(r"\s*Downloading (\S+)")
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)$")
_INSTALLING = re.compile(r"Installing collected packages: (.+)")
_OTHERS = (
    (re.compile(r"Collecting ([\w.-]+)"), "Looking for"),
    (re.compile(r"\s*Using cached ([\w.%+-]+)"), "Taking from the cache"),
    (re.compile(r"Processing (\S+)"), "Reading"),
    (re.compile(r"\s*Building wheel for (\S+)"), "Building"),
)

# (what a line says, the sentence, what mends it). The first that any line says counts.
_CAUSES = (
    (
        r"No space left on device|\[Errno 28\]|WinError 112|Disk quota exceeded|not enough space on the disk",
        "the disk is full: make room, then set up again",
        "set_up",
    ),
    (
        r"Long Path support",
        "a path is longer than Windows allows: turn its long paths on (pip's hint in the log says where), then set up"
        " again",
        "set_up",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError",
        "the package index's certificate is not trusted, as behind a company's proxy: name that one's certificate in"
        " the variable PIP_CERT, then set up again",
        "set_up",
    ),
    (
        r"407 Proxy|ProxyError|Cannot connect to proxy",
        "the proxy refuses the connection: name the right one in the variable HTTPS_PROXY, then set up again",
        "set_up",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|Read timed out|IncompleteRead"
        r"|Temporary failure in name resolution|Network is unreachable|Connection refused|getaddrinfo failed"
        r"|ConnectionResetError|Connection aborted|RemoteDisconnected|connection broken|Name or service not known",
        "the package index cannot be reached: check the internet connection, then set up again",
        "set_up",
    ),
    (
        r"ensurepip is not available|No module named '?(ensurepip|venv)",
        "this Python lacks ensurepip: on Debian and Ubuntu, install the package python3.11-venv, or choose another"
        " Python",
        "choose_base",
    ),
    (
        r"PermissionError|Permission denied|Access is denied|\[Errno 13\]|WinError (5|32)\b|Read-only file system",
        "a file cannot be written: close other programs that use the backend, or check who may write there, then"
        " set up again",
        "set_up",
    ),
    (r"DO NOT MATCH THE HASHES|BadZipFile|Wheel .* is invalid", "a download is damaged: set up again", "set_up"),
    (
        r"(c10|torch\w*|fbgemm)\.dll.*dependencies|DLL load failed",
        "torch needs Microsoft's Visual C++ Redistributable: install it (aka.ms/vs/17/release/vc_redist.x64.exe), then"
        " set up again",
        "set_up",
    ),
    (r"MemoryError|Cannot allocate memory", "memory has run out: close other programs, then set up again", "set_up"),
)  # fmt: skip
_NO_MATCH = re.compile(r"No matching distribution found for (\S+)")
_ERROR = re.compile(r"\s*(?:ERROR|error|\w*Error): (.+)")


class PipProgress:
    """What pip does: words for it, and how far it is, in bytes of a download or packages that are installed."""

    def __init__(self) -> None:
        self.title, self.done, self.total = "", 0, 0
        self.installing = 0  # packages that pip has begun to install
        self._file = ""

    def take(self, line: str) -> bool:
        """Read a line; whether it is one of progress alone, which no log needs."""
        if found := _PROGRESS.match(line):
            self.done, self.total = int(found[1]), int(found[2])
            if self.total:
                self.title = f"Downloading {self._file}, {_megabytes(self.done)} of {_megabytes(self.total)} MB"
            return True
        if found := _DOWNLOADING.match(line):
            self._file = package_of(found[1])
            of = "what is known of " if found[1].endswith(".metadata") else ""
            self._begin(f"Downloading {of}{self._file}")
        elif found := _INSTALLING.match(line):
            names = found[1].split(",")
            self.installing = len(names)
            self._begin(f"Installing {names[0]}", len(names) if len(names) > 1 else 0)
        else:
            for pattern, verb in _OTHERS:
                if found := pattern.match(line):
                    self._begin(f"{verb} {package_of(found[1])}")
                    break
        return False

    def installed(self, count: int) -> None:
        """So many of the packages are in place; fewer than before while pip replaces one."""
        self.done = min(max(count, self.done), self.total)
        if self.total:
            self.title = f"Installing, {self.done} of {self.total} packages"

    def _begin(self, title: str, total: int = 0) -> None:
        self.title, self.done, self.total = title, 0, total


def package_of(name: str) -> str:
    """The package's name in the name, path or address of a file, or in a requirement."""
    file = re.split(r"[\\/]", name)[-1]
    return re.split(r"-\d|[=<>~!\[;]", file)[0].replace("_", "-")


def what_went_wrong(lines: Sequence[str], doing: str) -> tuple[str, str]:
    """A sentence and what mends it, from what a step that failed has said. doing: the step, as "updating pip"."""
    absent = next((found[1] for line in lines if (found := _NO_MATCH.search(line))), "")
    # An index that cannot be reached is a warning, and a second attempt may have reached it: it is what went wrong only
    # where a package was not found in the end.
    telling = [line for line in lines if absent or not line.startswith("WARNING:")]
    for pattern, sentence, remedy in _CAUSES:
        if any(re.search(pattern, line) for line in telling):
            return f"{doing} failed: {sentence}", remedy
    if absent:
        system = f"{platform.system()} on {platform.machine()}"
        return f"{doing} failed: no package index known to pip has {absent} for {system}", ""
    said = next((found[1] for line in reversed(lines) if (found := _ERROR.match(line))), "")
    return f"{doing} failed" + (f": {said.rstrip('.')}" if said else "; the log says why"), "repair"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f}" if count >= 1e6 or count == 0 else f"{count / 1e6:.1f}"
