import os
import stat

import pytest

from sxsim.foundation.atomic import atomic_path, write_bytes, write_text


def test_text_is_utf_8_with_the_line_ends_as_given(tmp_path):
    path = tmp_path / "new" / "deeper" / "table.csv"
    write_text(path, "β,°C\r\n1,2\n")
    assert path.read_bytes() == "β,°C\r\n1,2\n".encode()


def test_bytes_replace_what_was_there_and_leave_nothing_else(tmp_path):
    path = tmp_path / "figure.png"
    write_bytes(str(path), b"old")
    write_bytes(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["figure.png"]
    assert path.read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "result.json"
    write_text(path, "old")

    def fail():
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.json"]


def test_the_old_file_stands_until_the_block_ends(tmp_path):
    path = tmp_path / "result.json"
    write_text(path, "old")
    with atomic_path(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.suffix == ".json"
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "result.json"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_the_file_has_the_usual_mode(tmp_path):
    write_text(tmp_path / "atomic.txt", "x")
    (tmp_path / "plain.txt").write_text("x")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("atomic.txt", "plain.txt")}
    assert len(modes) == 1
