"""``./dev``: what it says when something is missing, and that it runs every step."""

import ast
import importlib.machinery
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "dev"


def load_dev():
    loader = importlib.machinery.SourceFileLoader("dev", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dev", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def dev():
    return load_dev()


def dev_up(*arguments, **environment):
    """Run ``./dev up`` as a person does; its exit code and what it says about failing."""
    finished = subprocess.run(
        [sys.executable, SCRIPT, "up", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return finished.returncode, finished.stderr


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_dev_has_no_syntax_that_an_old_python_cannot_read():
    tree = ast.parse(SCRIPT.read_text(), feature_version=(3, 6))

    assert [node for node in ast.walk(tree) if isinstance(node, ast.NamedExpr | ast.Match)] == []


def test_dev_refuses_an_old_python(dev):
    with pytest.raises(dev.Stop) as stop:
        dev.check_python((3, 9, 18))

    assert str(stop.value) == "Python 3.9 is too old: Pegboard needs Python 3.11 or later."


def test_dev_accepts_the_oldest_python(dev):
    assert dev.check_python((3, 11, 0)) is None


def test_dev_up_names_a_taken_port(taken_port):
    code, said = dev_up("--port", str(taken_port))

    assert (code, said) == (
        1,
        f"Port {taken_port} is taken: choose another with ./dev up --port {taken_port + 1}.\n",
    )


def test_dev_up_refuses_a_number_that_is_no_port():
    assert dev_up("--port", "80000") == (1, "80000 is not a port: choose one from 1024 to 65535.\n")


def test_dev_up_refuses_an_unknown_option():
    assert dev_up("--demo") == (1, "Unknown: --demo. ./dev --help shows what there is.\n")


def test_dev_up_says_that_the_database_cannot_be_reached(dev):
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"

    code, said = dev_up("--port", str(dev.free_port()), DATABASE_URL=nowhere, DATABASE_OWNER_URL="")

    assert (code, said.split(":")[0], said.count("\n")) == (1, "The database cannot be reached", 1)


def test_dev_says_that_the_disk_is_full(dev, tmp_path):
    more_than_any_disk = 10**12

    with pytest.raises(dev.Stop) as stop:
        dev.check_disk(more_than_any_disk, tmp_path)

    assert str(stop.value) == f"The disk with {tmp_path} is full: Pegboard needs {more_than_any_disk} MB free there."


def test_dev_says_what_to_install_where_ensurepip_is_missing(dev, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    with pytest.raises(dev.Stop) as stop:
        dev.check_ensurepip()

    assert str(stop.value).endswith("(Debian, Ubuntu: apt-get install python3-venv) and start again.")


def test_run_steps_goes_on_after_a_failure(dev, capfd):
    steps = [
        ("first", ["python", "-c", "raise SystemExit(1)"]),
        ("second", ["python", "-c", "print('second ran')"]),
    ]

    failed = dev.run_steps(steps)

    assert failed == ["first"]
    assert "second ran" in capfd.readouterr().out


def test_report_names_what_failed(dev, capsys):
    assert dev.report(["lint", "tests"]) == 1
    assert capsys.readouterr().out == "\nFailed: lint, tests.\n"


def test_report_ends_well_when_nothing_failed(dev, capsys):
    assert dev.report([]) == 0
    assert capsys.readouterr().out == "\nEverything passed.\n"


def test_deployment_check_runs_with_production_settings_and_a_key_of_its_own(dev):
    first, second = (dev.environment(["python", "manage.py", "check", "--deploy"]) for _ in range(2))

    assert first["PRODUCTION"] == "1"
    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] != second["SECRET_KEY"]
