# SPDX-License-Identifier: GPL-3.0-or-later
import errno

import pytest

from backend.memory import machine_memory, out_of_memory


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA"), True),
        (RuntimeError("CUDA error: out of memory\nCompile with TORCH_USE_CUDA_DSA"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 18.13 GB)"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"), True),
        (RuntimeError("CUDA error: device-side assert triggered"), False),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_the_ways_of_saying_that_memory_ran_out_are_told_from_others(error, expected):
    assert out_of_memory(error) is expected


def test_this_machine_has_memory():
    found = machine_memory()
    if found is None:
        pytest.skip("this system does not tell")
    total, free = found
    assert 0.1 < total < 1e5 and (free is None or 0 < free <= total)
