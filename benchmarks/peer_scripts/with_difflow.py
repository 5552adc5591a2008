"""A mass-action extraction section in difflow; runs in the environment of the peer, one JSON line per size `NxE`."""

import json
import sys
import time

from difflow_ree.equilibrium import MassActionParams, MassActionSection


def solve(stages: int, log10_K: dict[str, float], problem: dict[str, float]) -> dict[str, object]:
    names = tuple(log10_K)
    began = time.perf_counter()
    section = MassActionSection(
        MassActionParams(
            n_stages=stages,
            extractant="PC88A",
            elements=names,
            aqueous_volumetric_flow=1.0,
            organic_volumetric_flow=1.0,
            extractant_conc=problem["extractant_mol_L"],
            log10_K=log10_K,
        )
    )
    each = {name: problem["feed_mol_L"] / len(names) for name in names}
    feed = section.schema.make_aqueous(each, acid=problem["acid_mol_L"], water=55.0)
    solvent = section.schema.make_organic(problem["extractant_mol_L"], diluent_flow=4.0)
    times = []
    for _ in range(2):  # the first call compiles
        raffinate, _, info = section(feed, solvent)
        left = [float(raffinate[f"F_{name}"]) for name in names]
        times.append(time.perf_counter() - began)
        began = time.perf_counter()
    return {"first_s": times[0], "repeat_s": times[1], "feasible": bool(info["feasible"]), "raffinate": left}


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    for stages, log10_K in given["sizes"]:
        print(json.dumps(solve(stages, log10_K, given)), flush=True)
