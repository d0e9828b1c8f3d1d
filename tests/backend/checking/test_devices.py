# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices that torch says are there, tried out; the GPUs here are only said to be there."""

import pytest
import torch

from backend.checking import devices


def test_the_processor_is_always_there_and_last():
    found = devices.devices()
    assert found[-1]["device"] == "cpu" and found[-1]["problem"] == ""


@pytest.fixture
def gpu(monkeypatch):
    """A GPU that is said to be there."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "Fast One")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda index: (3 << 30, 8 << 30))
    monkeypatch.setattr(devices, "_trial", lambda device: "")


def test_a_gpu_comes_first_with_its_memory(gpu):
    first = devices.devices()[0]
    assert first == {"device": "cuda:0", "name": "Fast One", "memory_gib": 8.0, "free_gib": 3.0, "problem": ""}


def test_a_gpu_that_does_not_compute_says_why_in_a_line(monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("CUDA error: no kernel image is available\nfor this device")

    monkeypatch.setattr(torch, "ones", fails)
    assert devices._trial("cuda:0") == "CUDA error: no kernel image is available"
    monkeypatch.undo()
    assert devices._trial("cpu") == ""


def test_a_driver_that_does_not_answer_is_a_problem_of_that_device_alone(gpu, monkeypatch):
    def fails(index):
        raise RuntimeError("driver too old")

    monkeypatch.setattr(torch.cuda, "mem_get_info", fails)
    first, last = devices.devices()
    assert (first["name"], first["memory_gib"], first["problem"]) == ("Fast One", None, "driver too old")
    assert last["problem"] == ""


def test_a_gpu_that_this_torch_cannot_use_is_pointed_out(monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(devices.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    assert devices.advice() == devices.NVIDIA_UNUSED
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert devices.advice() == ""
