"""Profiles of a linked extraction, one panel for each run of sections that the organic passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sxsim.report.canvas import colours, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sxsim.plant.linked import LinkedResult

__all__ = ["linked_profile"]


def linked_profile(result: LinkedResult) -> Figure:
    """Draw the composition of the organic along every run of sections, the strip left out.

    Parameters
    ----------
    result : LinkedResult
        A solved linked extraction.

    Returns
    -------
    Figure
        Mole fractions [-] over the stage of the run; sections between grey lines.
    """
    elements = result.linked.elements
    rows = [result.components.index(name) for name in elements]
    tint, runs = colours(list(elements)), _runs(result)
    figure = new_figure(9.0, 2.9 * len(runs))
    panels = np.atleast_1d(figure.subplots(len(runs), 1))
    for ax, names in zip(panels, runs, strict=True):
        done = 0
        for name in names:
            here = [j for j, section in enumerate(result.stage.section) if section == name]
            held = result.stage.organic_mol_L[np.ix_(here, rows)]
            share = held / held.sum(axis=1, keepdims=True)
            for column, element in enumerate(elements):
                stages = np.arange(done, done + len(here)) + 1
                ax.plot(stages, share[:, column], color=tint[element], label=element if done == 0 else None)
            ax.axvline(done + 0.5, color="0.7", linewidth=0.8)
            ax.text(done + 0.5 * len(here) + 0.5, 1.04, name, ha="center", fontsize=9)
            done += len(here)
        ax.set_xlim(0.5, done + 0.5)
        ax.set_ylim(0.0, 1.0)
        ax.set_ylabel("mole fraction\nin the organic [-]")
        ax.legend(loc="center right", fontsize=8)
    panels[-1].set_xlabel("stage of the run, along the organic [-]")
    figure.suptitle(result.linked.title, fontsize=10)
    return figure


def _runs(result: LinkedResult) -> list[list[str]]:
    """Sections in runs: each begins where no other section's remaining organic enters."""
    follows = {part.name: part.organic_to for part in result.linked.section if part.kind != "stripping"}
    runs: list[list[str]] = []
    seen: set[str] = set()
    for name in [*(name for name in follows if name not in follows.values()), *follows]:
        run: list[str] = []
        at = name
        while at in follows and at not in seen:
            seen.add(at)
            run.append(at)
            at = follows[at]
        if run:
            runs.append(run)
    return runs
