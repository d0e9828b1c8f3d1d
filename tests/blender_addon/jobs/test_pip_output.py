# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip does and what went wrong, from lines as pip 23 to 26 prints them."""

import re

import pytest

from blender_addon.jobs.pip_output import PipProgress, package_of, what_went_wrong

UNREACHABLE = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken "
    "by 'NewConnectionError('<HTTPSConnection object>: Failed to establish a new connection: [Errno 111]')': /simple/"
)


def test_a_download_is_named_and_counted_in_bytes():
    pip = PipProgress()
    assert not pip.take("Collecting torch==2.13.0")
    assert pip.title == "Looking for torch"
    pip.take("  Downloading https://download.pytorch.org/torch-2.13.0%2Bcpu-cp311-cp311-linux_x86_64.whl (190.1 MB)")
    assert (pip.title, pip.done, pip.total) == ("Downloading torch", 0, 0)
    assert pip.take("Progress 500000 of 190100000")
    assert (pip.title, pip.done, pip.total) == ("Downloading torch, 0.5 of 190 MB", 500000, 190100000)
    assert pip.take("Progress 4096 of 0") and pip.total == 0  # a server that does not say how much there is
    pip.take("  Downloading opencv_python_headless-4.11.0.86-cp37-abi3-manylinux_2_17_x86_64.whl.metadata (19 kB)")
    assert pip.title == "Downloading what is known of opencv-python-headless"


def test_packages_that_are_in_place_are_counted_and_never_fewer():
    pip = PipProgress()
    pip.take("Installing collected packages: mpmath, setuptools, pillow")
    titles = []
    for count in (0, 2, 1, 3, 9):
        pip.installed(count)
        titles.append(pip.title)
    assert [title.split()[1] for title in titles] == ["0", "2", "2", "3", "3"] and pip.total == 3


def test_a_single_package_has_a_name_and_no_bar():
    pip = PipProgress()
    pip.take("Installing collected packages: torch")
    pip.installed(1)
    assert (pip.title, pip.total, pip.installing) == ("Installing torch", 0, 1)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Processing /opt/wheels/torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "Reading torch"),
        (r"Processing c:\wheels\roma-1.8.0-py3-none-any.whl", "Reading roma"),
        ("  Using cached human_body_prior-0.8.5.0.tar.gz (25 kB)", "Taking from the cache human-body-prior"),
        ("  Building wheel for configer (pyproject.toml): started", "Building configer"),
        ("Collecting nvidia-cublas==13.1.1.3.* (from torch==2.13.0)", "Looking for nvidia-cublas"),
        ("Requirement already satisfied: pip", ""),
    ],
)
def test_other_lines_have_a_title_when_they_say_what_is_done(line, title):
    pip = PipProgress()
    assert not pip.take(line) and pip.title == title


@pytest.mark.parametrize(("name", "package"), [("typing_extensions-4.16.0.tar.gz", "typing-extensions"), ("a", "a")])
def test_a_files_package(name, package):
    assert package_of(name) == package


@pytest.mark.parametrize(
    ("lines", "words", "remedy"),
    [
        (["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"], "disk is full",
         "set_up"),
        (["ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\long'",
          "HINT: This error might have occurred since this system does not have Windows Long Path support enabled."],
         "path is longer than Windows allows", "set_up"),
        ([UNREACHABLE, "ERROR: Could not find a version that satisfies the requirement roma==1.8.0",
          "ERROR: No matching distribution found for roma==1.8.0"], "index cannot be reached: check the internet",
         "set_up"),
        (["ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='pypi.org', port=443): Max "
          "retries exceeded (Caused by ReadTimeoutError())"], "index cannot be reached", "set_up"),
        (["WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: "
          "CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed'))'",
          "ERROR: No matching distribution found for roma==1.8.0"], "PIP_CERT", "set_up"),
        (["WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel "
          "connection failed: 407 Proxy Authentication Required'))'",
          "ERROR: No matching distribution found for roma==1.8.0"], "HTTPS_PROXY", "set_up"),
        (["ERROR: No matching distribution found for torch==2.13.0+cpu"], "no package index known to pip has "
         r"torch==2\.13\.0\+cpu for \w+ on \w+", ""),
        (["Error: [WinError 5] Access is denied: 'C:\\\\torch.dll'"], "cannot be written: close other", "set_up"),
        (["OSError: [WinError 1114] A DLL failed. Error loading \"C:\\\\lib\\\\c10.dll\" or one of its dependencies."],
         "Visual C", "set_up"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], "download is damaged",
         "set_up"),
        (["The virtual environment was not created successfully because ensurepip is not", "available.",
          "Error: Command '-m ensurepip' failed: No module named ensurepip"], "lacks ensurepip", "choose_base"),
        (["ERROR: Failed building wheel for configer."], "Doing it failed: Failed building wheel for configer$",
         "repair"),
        (["something"], "Doing it failed; the log says why", "repair"),
        ([], "Doing it failed; the log says why", "repair"),
    ],
)  # fmt: skip
def test_a_failure_is_one_sentence_and_what_mends_it(lines, words, remedy):
    sentence, found = what_went_wrong(lines, "Doing it")
    assert re.search(words, sentence), sentence
    assert found == remedy and "\n" not in sentence


def test_an_index_that_did_not_answer_at_first_is_not_what_went_wrong():
    sentence, _ = what_went_wrong([UNREACHABLE, "ERROR: Failed building wheel for configer"], "Doing it")
    assert "Failed building wheel" in sentence
