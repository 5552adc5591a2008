"""The course of a start-up as a labelled dataset, in memory and on disk."""

from __future__ import annotations

import io
import os
import shutil
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import write_bytes

if TYPE_CHECKING:
    import xarray as xr

    from sxsim.startup.outcome import StartUp

__all__ = ["dataset", "write_netcdf", "write_zarr"]


def dataset(run: StartUp) -> xr.Dataset:
    """Label the course of a start-up.

    Parameters
    ----------
    run : StartUp
        What was run.

    Returns
    -------
    xarray.Dataset
        `concentration` (time, stage, element, phase) [mol/L] of what leaves each stage, `pH` (time, stage) of the
        mixers, `held` (time, element) [kmol], `purity` (time, product) [-], and `phase_name` of the policy (time).
    """
    import xarray as xr

    problem, log = run.problem, run.log
    components = list(problem.components)
    concentration = np.moveaxis(log.outlet[..., :-2], 1, 3)
    names = np.full(log.time.size, run.segments[0].name if run.segments else "", dtype=object)
    for segment in run.segments:
        names[segment.rows] = segment.name
    products = [f"{each.stream} {each.element}" for each in run.products]
    purity = np.stack([each.purity for each in run.products], axis=1) if run.products else np.zeros((log.time.size, 0))
    data = xr.Dataset(
        {
            "concentration": (("time", "stage", "element", "phase"), concentration, {"units": "mol L-1"}),
            "pH": (("time", "stage"), -np.log10(log.proton), {"units": "1", "long_name": "pH of the mixers"}),
            "held": (("time", "element"), log.contents[:, :-2], {"units": "kmol", "long_name": "held in all stages"}),
            "purity": (("time", "product"), purity, {"units": "1", "long_name": "share of the rare earths"}),
            "phase_name": (("time",), names.astype(str), {"long_name": "phase of the policy"}),
        },
        coords={
            "time": ("time", log.time, {"units": "h", "long_name": "time since the fill"}),
            "stage": (
                "stage",
                np.arange(1, len(problem.section) + 1),
                {"units": "1", "long_name": "along the organic"},
            ),
            "element": ("element", components),
            "phase": ("phase", ["aqueous", "organic"]),
            "product": ("product", products),
            "section": ("stage", list(problem.section)),
        },
        attrs={
            "title": run.steady.cascade.title,
            "policy": run.policy,
            "input_hash": run.steady.cascade.input_hash,
            "time_to_spec_h": np.nan if run.time_to_spec_h is None else run.time_to_spec_h,
            "closure": max(run.closure.values()),
        },
    )
    data["concentration"].attrs["long_name"] = "concentration of what leaves each stage"
    return data


def write_netcdf(run: StartUp, path: str | os.PathLike[str]) -> None:
    """Write the dataset as a netCDF 4 file, whole or not at all; `xarray.open_dataset` reads it."""
    import h5netcdf
    from xarray.backends import H5NetCDFStore

    written = io.BytesIO()  # the library below does not survive a full disk
    with closing(H5NetCDFStore(h5netcdf.File(written, "w"))) as store:
        dataset(run).dump_to_store(store)
    write_bytes(path, written.getvalue())


def write_zarr(run: StartUp, path: str | os.PathLike[str]) -> None:
    """Write the dataset as a Zarr store (format 2), a folder; a store that stands there already is replaced.

    Parameters
    ----------
    run : StartUp
        What was run.
    path : path-like
        Folder to write; `xarray.open_zarr` reads it.

    Raises
    ------
    InputError
        The package zarr is missing, or something else stands at the path.
    """
    if find_spec("zarr") is None:
        cure = 'install it by pip install "sxsim[zarr]", or use the netCDF file'
        raise InputError(Finding("zarr", "the package zarr is not installed", cure=cure, allowed="with zarr"))
    target = Path(path)
    if target.exists() and not (target / ".zgroup").is_file():
        raise InputError(
            Finding(
                "zarr",
                f"{target} is there already and is no Zarr store",
                cure="name another folder",
                allowed="a new folder, or a Zarr store",
            )
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{target.stem}.", dir=target.parent) as folder:
        written = Path(folder) / target.name
        dataset(run).to_zarr(written, zarr_format=2, consolidated=True)
        if target.exists():
            shutil.rmtree(target)
        written.replace(target)
