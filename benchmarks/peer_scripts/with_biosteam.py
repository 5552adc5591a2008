"""Mixer-settlers at fixed distribution in BioSTEAM; runs in the environment of the peer, one JSON line per size."""

import json
import sys
import time

import biosteam
import numpy as np


def solve(stages: int, problem: dict[str, float]) -> dict[str, object]:
    flow = problem["carrier_kmol_h"]
    feed = biosteam.Stream(None, Water=flow, A=problem["A_kmol_h"], B=problem["B_kmol_h"], units="kmol/hr")
    scrub = biosteam.Stream(None, Water=flow, units="kmol/hr")
    solvent = biosteam.Stream(None, Solvent=flow * problem["O_per_A"], units="kmol/hr")
    unit = biosteam.MultiStageMixerSettlers(
        None,
        ins=(scrub, feed, solvent),
        feed_stages=(0, stages // 2, -1),
        N_stages=stages,
        top_chemical="Solvent",
        partition_data={
            "K": np.array([1e-9, 1e9, problem["K_A"], problem["K_B"]]),
            "IDs": ("Water", "Solvent", "A", "B"),
            "phi": 0.5,
        },
    )
    times = []
    for _ in range(2):  # the first call compiles
        began = time.perf_counter()
        unit._run()
        times.append(time.perf_counter() - began)
    raffinate = min(unit.outs, key=lambda stream: stream.imol["Solvent"])
    return {"first_s": times[0], "repeat_s": times[1], "raffinate": [float(raffinate.imol[name]) for name in "AB"]}


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    own = {"search_db": False, "default": True, "phase": "l"}
    chemicals = [biosteam.Chemical("Water"), biosteam.Chemical("Solvent", MW=200.0, **own)]
    chemicals += [biosteam.Chemical(name, MW=142.0, **own) for name in "AB"]
    biosteam.settings.set_thermo(chemicals)
    for stages in given["sizes"]:
        print(json.dumps(solve(stages, given)), flush=True)
