"""One process at a time, and no lock that outlives its process."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sxsim.foundation import locking
from sxsim.foundation.locking import Taken, locked

HOLDING = """
import sys, time
from sxsim.foundation.locking import locked
with locked(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_one_is_told_who_holds_it(tmp_path):
    with locked(tmp_path / ".lock"):
        with pytest.raises(Taken, match=f"process {os.getpid()} on "), locked(tmp_path / ".lock"):
            pass
        assert (tmp_path / ".lock").exists()
    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path / ".lock"):
        pass


def test_a_lock_ends_with_its_process(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDING, tmp_path / ".lock"], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Taken, match=f"process {holder.pid} on "), locked(tmp_path / ".lock"):
        pass
    holder.kill()
    holder.communicate()
    assert (tmp_path / ".lock").exists()
    with locked(tmp_path / ".lock"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_on_a_file_that_was_removed_meanwhile_is_none(tmp_path, monkeypatch):
    """Whoever held it removed it between our opening it and our taking it: the lock is on nothing, so once more."""
    take, taken = locking._take, []

    def removing(handle):
        take(handle)
        taken.append(handle)
        if len(taken) == 1:
            (tmp_path / ".lock").unlink()

    monkeypatch.setattr(locking, "_take", removing)
    with locked(tmp_path / ".lock"):
        assert len(taken) == 2
        with pytest.raises(Taken), locked(tmp_path / ".lock"):
            pass


def test_a_file_system_without_locks_keeps_nobody_out(tmp_path, monkeypatch):
    def refused(_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locking, "_take", refused)
    with locked(tmp_path / ".lock"), locked(tmp_path / ".lock"):
        pass
    with pytest.raises(FileNotFoundError), locked(Path(tmp_path) / "nowhere" / ".lock"):
        pass
