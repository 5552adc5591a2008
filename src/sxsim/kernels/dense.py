"""Small dense systems, one for each stage: rows are combined four at a time, so that they are read and written less."""

from __future__ import annotations

from sxsim.kernels._jit import kernel
from sxsim.kernels.shapes import INT, INTS, MATRIX, VECTOR

__all__ = ["add_rows", "dot", "factor_dense", "solve_again", "solve_dense"]


@kernel(inner=True, inline="always")
def add_rows(row, factors, rows, first, last, sign):
    """Add the rows from `first` to below `last`, times their factors times `sign`, to a row."""
    width = row.shape[0]
    r = first
    while r + 4 <= last:
        f_0 = sign * factors[r]
        f_1 = sign * factors[r + 1]
        f_2 = sign * factors[r + 2]
        f_3 = sign * factors[r + 3]
        for q in range(width):
            row[q] += f_0 * rows[r, q] + f_1 * rows[r + 1, q] + f_2 * rows[r + 2, q] + f_3 * rows[r + 3, q]
        r += 4
    while r < last:
        f_0 = sign * factors[r]
        for q in range(width):
            row[q] += f_0 * rows[r, q]
        r += 1


@kernel(inner=True, inline="always")
def dot(A, k, values, first, last):
    """Sum of the products of row k from `first` to below `last`, in four parts that do not wait for each other."""
    s_0 = 0.0
    s_1 = 0.0
    s_2 = 0.0
    s_3 = 0.0
    q = first
    while q + 4 <= last:
        s_0 += A[k, q] * values[q]
        s_1 += A[k, q + 1] * values[q + 1]
        s_2 += A[k, q + 2] * values[q + 2]
        s_3 += A[k, q + 3] * values[q + 3]
        q += 4
    while q < last:
        s_0 += A[k, q] * values[q]
        q += 1
    return s_0 + s_1 + (s_2 + s_3)


@kernel(inner=True, counted=False)
def _solve(A, B, swap):
    """What `solve_dense` and `factor_dense` do."""
    n = A.shape[0]
    m = B.shape[1]
    for k in range(n):
        pivot = k
        largest = abs(A[k, k])
        for r in range(k + 1, n):
            if abs(A[r, k]) > largest:
                largest = abs(A[r, k])
                pivot = r
        if not (largest > 0.0 and largest < 1e300):
            return 1
        if swap is not None:
            swap[k] = pivot
        if pivot != k:
            for q in range(n):
                A[k, q], A[pivot, q] = A[pivot, q], A[k, q]
            for q in range(m):
                B[k, q], B[pivot, q] = B[pivot, q], B[k, q]
        inverse = 1.0 / A[k, k]
        for r in range(k + 1, n):
            factor = A[r, k] * inverse
            A[r, k] = factor
            if factor != 0.0:
                for q in range(k + 1, n):
                    A[r, q] -= factor * A[k, q]
    for k in range(1, n):
        add_rows(B[k], A[k], B, 0, k, -1.0)
    for k in range(n - 1, -1, -1):
        add_rows(B[k], A[k], B, k + 1, n, -1.0)
        inverse = 1.0 / A[k, k]
        for q in range(m):
            B[k, q] *= inverse
    return 0


@kernel(returns=INT, takes=(MATRIX, MATRIX), inner=True, counted=False)
def solve_dense(A, B):
    """Solve A X = B in place by Gaussian elimination with partial pivoting; B becomes X. Returns 1 if singular."""
    return _solve(A, B, None)


@kernel(returns=INT, takes=(MATRIX, MATRIX, INTS), inner=True, counted=False)
def factor_dense(A, B, swap):
    """`solve_dense` that leaves the factors in A, and in `swap` the row that each pivot was swapped with."""
    return _solve(A, B, swap)


@kernel(returns=INT, takes=(MATRIX, INTS, VECTOR), inner=True, counted=False)
def solve_again(A, swap, b):
    """Solve for one more right-hand side, in place, with what `factor_dense` left. Returns 0."""
    n = b.shape[0]
    for k in range(n):
        b[k], b[swap[k]] = b[swap[k]], b[k]
    for k in range(1, n):
        b[k] -= dot(A, k, b, 0, k)
    for k in range(n - 1, -1, -1):
        b[k] = (b[k] - dot(A, k, b, k + 1, n)) / A[k, k]
    return 0
