"""The method by which the rigorous model is carried on in time, in the form in which its kernel reads it."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["RODAS5P", "TABLEAU", "Tableau"]

Floats = NDArray[np.float64]


class Tableau(NamedTuple):
    """A stiffly accurate Rosenbrock-Wanner method whose last weights but one are those of the embedded solution.

    Attributes
    ----------
    alpha : (s, s) array
        Where each stage reads the equations: start + dt alpha k.
    beta : (s, s) array
        Where each stage ends up: start + dt beta k; the last row are the weights, the diagonal is gamma.
    argument : (s, s) array
        The same places as those of `alpha` from the ends of earlier stages, alpha x beta^-1.
    order : int
        Of the solution; that of the embedded one is lower by one.
    """

    alpha: Floats
    beta: Floats
    argument: Floats
    order: int


def _tableau(gamma: float, a: list[list[float]], c: list[list[float]], order: int) -> Tableau:
    """From the coefficients as they are published, of increments that need no product with the Jacobian.

    With a and c the strictly lower triangles and G = (I/gamma - c)^-1: alpha = a G and beta = alpha + G (Hairer and
    Wanner, Solving Ordinary Differential Equations II, 2nd ed., section IV.7).
    """
    size = len(a)
    lower = np.zeros((2, size, size))
    for i in range(size):
        lower[0, i, : len(a[i])], lower[1, i, : len(c[i])] = a[i], c[i]
    G = np.linalg.inv(np.eye(size) / gamma - lower[1])
    alpha = np.tril(lower[0] @ G, -1)
    beta = np.tril(alpha + G)
    np.fill_diagonal(beta, gamma)
    largest = int(np.abs(beta[-1, :-1]).argmax())
    beta[-1, largest] += 1.0 - beta[-1].sum()  # balances agree to rounding only if the weights add up to one
    argument = np.tril(alpha @ np.linalg.inv(beta), -1)
    argument[np.abs(argument) < 1e-12] = 0.0
    return Tableau(alpha, beta, argument, order)


def _rodas5p() -> Tableau:
    """Rodas5P of Steinebach (BIT Numer. Math. 63 (2023) 27, doi 10.1007/s10543-023-00967-x): order 5, 8 stages.

    L-stable, of full order for algebraic equations of index 1, and of order 4 for parabolic problems.
    """
    last = [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946]
    a = [
        [],
        [3.0],
        [2.849394379747939, 0.45842242204463923],
        [-6.954028509809101, 2.489845061869568, -10.358996098473584],
        [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
        last,
        [*last, 1.0],
        [*last, 1.0, 1.0],
    ]
    c = [
        [],
        [-14.155112264123755],
        [-17.97296035885952, -2.859693295451294],
        [147.12150275711716, -1.41221402718213, 71.68940251302358],
        [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
        [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
        [
            30.91273214028599,
            -3.1208243349937974,
            77.79954646070892,
            34.28646028294783,
            -19.097331116725623,
            -28.087943162872662,
        ],
        [
            37.80277123390563,
            -3.2571969029072276,
            112.26918849496327,
            66.9347231244047,
            -40.06618937091002,
            -54.66780262877968,
            -9.48861652309627,
        ],
    ]
    return _tableau(0.21193756319429014, a, c, 5)


RODAS5P = _rodas5p()
TABLEAU = numba.typeof(RODAS5P)
