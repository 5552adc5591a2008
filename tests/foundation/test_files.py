import os
import subprocess
import sys

from sxsim.foundation.files import shipped


def test_shipped_finds_the_folders_of_the_checkout(checkout):
    assert str(shipped("data", "distribution_coeffs")) == str(checkout / "data" / "distribution_coeffs")
    assert shipped("pyproject.toml").read_text(encoding="utf-8").startswith("[build-system]")


def test_shipped_does_not_depend_on_the_working_folder(checkout, tmp_path):
    code = "from sxsim.foundation.files import shipped; print(shipped('data', 'distribution_coeffs').is_dir())"
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, "True"), run.stderr


def test_what_is_not_shipped_is_neither_file_nor_folder():
    missing = shipped("data", "no_such_folder")
    assert not missing.is_dir()
    assert not missing.is_file()
