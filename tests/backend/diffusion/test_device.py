# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.device import DeviceError, choose_device, half_precision


def test_the_best_device_there_is(monkeypatch):
    assert choose_device("cpu") == torch.device("cpu")
    for cuda, mps, best in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda cuda=cuda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda mps=mps: mps)
        assert choose_device("auto").type == best


@pytest.mark.parametrize("wanted", ["gpu", "", "cuda", "cuda:3", "mps"])
def test_a_device_that_is_not_there_gets_one_line(monkeypatch, wanted):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError) as error:
        choose_device(wanted)
    assert repr(wanted) in str(error.value) and "auto" in str(error.value)


def test_half_precision_where_it_pays():
    with half_precision(torch.device("cpu")):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
    with half_precision(torch.device("mps")):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
