"""The decorator: what it makes divides as floats do, from a prompt too, and counts references only where it must."""

from __future__ import annotations

import sys

import numba
import numpy as np
import pytest

from sxsim.kernels import _jit


@pytest.mark.kernel
def test_kernels_divide_as_floats_do_and_compile_from_a_prompt() -> None:
    space: dict[str, object] = {"kernel": _jit.kernel}
    exec(compile("@kernel()\ndef ratio(a, b):\n    return a / b\n", "<prompt>", "exec"), space)
    ratio = space["ratio"]
    assert callable(ratio)
    if hasattr(ratio, "signatures"):
        assert ratio(1.0, 0.0) == float("inf")
        assert len(ratio.signatures) == 1
    assert ratio(3.0, 2.0) == 1.5


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="the compiler is off")
def test_a_kernel_without_reference_counts_reads_views_and_may_not_make_an_array() -> None:
    space: dict[str, object] = {"kernel": _jit.kernel, "np": np}
    source = (
        "@kernel(counted=False)\ndef last(a):\n    row = a[1]\n    return row[-1]\n\n"
        "@kernel(counted=False)\ndef made(a):\n    return np.zeros(3)[0]\n"
    )
    exec(compile(source, "<prompt>", "exec"), space)
    last, made = space["last"], space["made"]
    assert callable(last)
    assert callable(made)
    array = np.arange(6.0).reshape(2, 3)
    held = sys.getrefcount(array)
    assert last(array) == 5.0
    assert sys.getrefcount(array) == held
    with pytest.raises(numba.errors.TypingError):
        made(array)
