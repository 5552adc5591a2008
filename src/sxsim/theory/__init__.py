"""Closed-form theory of counter-current cascades at constant load and constant separation factors.

The more extractable element is A, the less extractable B; amounts are in mol of rare earth per mol fed. Stages are
numbered along the organic, extraction first. The functions take numbers or arrays and never import numba, unless
their docstring says that a kernel is run.
"""
