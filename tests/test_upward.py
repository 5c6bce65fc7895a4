import os
from pathlib import Path

import pytest

from tests.running import run
from triage import upward


def forbidden(path):
    raise PermissionError(13, "Permission denied", str(path))


def test_a_folder_that_nobody_may_look_into_holds_nothing(tmp_path):
    assert upward.find("it.toml", tmp_path, is_it=forbidden) is None
    assert upward.inside("it.toml", [tmp_path], tmp_path, is_it=forbidden) is None


@pytest.mark.parametrize(
    "arguments", [["show", "shut"], ["show", "shut/a.log"], ["open", "shut/a.log"], ["audit", "shut"]]
)
def test_a_folder_without_rights_is_no_traceback(tmp_path, arguments):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0)
    if os.access(shut, os.R_OK):
        pytest.skip("rights do not bind this user")
    try:
        done = run(*arguments, cwd=tmp_path)
    finally:
        shut.chmod(0o700)
    assert done.returncode in {0, 3, 4}
    assert b"Traceback" not in done.stderr


def test_an_input_is_found_with_its_settings(tmp_path):
    (tmp_path / "it.toml").write_text("")
    assert upward.inside("it.toml", [tmp_path], tmp_path) == Path(tmp_path, "it.toml").resolve()
    assert upward.find("it.toml", tmp_path, outside=[str(tmp_path / "*.none")]) == Path(tmp_path, "it.toml").resolve()
