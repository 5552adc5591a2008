"""Other layouts of a random cascade: without base, with a soap section, with part of a product going back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels.flows import Plan
from sxsim.kernels.model import Chemistry

__all__ = ["with_soap", "with_split", "without_base"]

Floats = NDArray[np.float64]


def without_base(law: Chemistry, layout: Plan) -> tuple[Chemistry, Plan]:
    """The same without the counter-ion, which is the last component."""
    per_component = ("a", "b", "c", "d", "s", "z", "charge", "beta1", "beta2")
    law = law._replace(
        ln_K=law.ln_K[:, :-1].copy(),
        efficiency=law.efficiency[:, :-1].copy(),
        **{name: getattr(law, name)[:-1].copy() for name in per_component},
    )
    layout = layout._replace(
        feed_concentration=layout.feed_concentration[:, :-1].copy(),
        organic=layout.organic[:-1].copy(),
        inlet=np.array([layout.inlet[0], 0.0, 0.0]),
        base_component=-1,
    )
    return law, layout


def with_soap(law: Chemistry, layout: Plan, stages: int, fraction: float) -> tuple[Chemistry, Plan]:
    """So many stages in front, in which the fresh organic meets a fraction of the raffinate."""

    def repeated(rows: Floats) -> Floats:
        return np.concatenate((np.repeat(rows[:1], stages, axis=0), rows))

    shifted = np.where(layout.aq_to >= 0, layout.aq_to + stages, -1)
    layout = layout._replace(
        aq_to=np.concatenate((np.arange(stages, dtype=np.int64) - 1, shifted)),
        entrained_org=repeated(layout.entrained_org),
        entrained_aq=repeated(layout.entrained_aq),
        feed_stage=layout.feed_stage + stages,
    )
    law = law._replace(ln_K=repeated(law.ln_K), efficiency=repeated(law.efficiency))
    return law, with_split(layout, stages, stages - 1, fraction)


def with_split(layout: Plan, source: int, target: int, fraction: float) -> Plan:
    """A fraction of the aqueous product of one stage enters another."""
    return layout._replace(
        split_from=np.array([source], np.int64),
        split_to=np.array([target], np.int64),
        split_fraction=np.array([fraction]),
    )
