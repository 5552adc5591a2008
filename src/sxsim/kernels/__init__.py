"""Compiled kernels: numba and numpy only, floats, integers and contiguous arrays in and out.

A kernel never raises, prints, reads a file or allocates per iteration. It answers with a tuple that carries an
integer status, which the floors above decode. Every kernel is made by :func:`sxsim.kernels._jit.kernel`.
"""
