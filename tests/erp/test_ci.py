"""What the run of all gates installs: a browser where there is none, and nothing that it must not ask for."""

import shutil
import subprocess

import pytest
from django.conf import settings

BASH = shutil.which("bash")
LOG = 'echo "$(basename "$0") $*" >> "$LOG"'
NOT_KNOWN = f"{LOG}; [[ $* != *headless-shell* ]]"
BARE = {"id": "echo 0", "apt-get": LOG, "apt-cache": "exit 0", "sleep": ""}
PERSON = {"id": "echo 1000", "sudo": f"{LOG}; exit 1"}


@pytest.fixture
def run(tmp_path):
    """``run(command="what it does")``: what a machine with these commands alone was asked to install."""

    def run(commands):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in ("dirname", "basename", "env"):
            (folder / name).symlink_to(shutil.which(name))
        for name, body in commands.items():
            _write(folder / name, body)
        (tmp_path / ".ci").mkdir()
        _write(tmp_path / "dev", 'echo "dev $*" >> "$LOG"')
        script = shutil.copy(settings.BASE_DIR / ".ci" / "run", tmp_path / ".ci")
        log = tmp_path / "log"
        subprocess.run([BASH, script], env={"PATH": str(folder), "LOG": str(log)}, check=True, timeout=20)
        return [line.replace("-qq -y --no-install-recommends ", "") for line in log.read_text().splitlines()]

    return run


def _write(path, body):
    path.write_text(f"#!{BASH}\n{body}\n")
    path.chmod(0o755)


UPDATE, SHELL, WHOLE, TEST = (
    "apt-get update -qq",
    "apt-get install chromium-headless-shell",
    "apt-get install chromium",
    "dev test",
)


@pytest.mark.parametrize(
    ("commands", "done"),
    [
        (BARE | {"chromium-headless-shell": ""}, [TEST]),
        (BARE | {"chromium": ""}, [UPDATE, SHELL, TEST]),
        (BARE | {"chromium": "", "apt-cache": "exit 100"}, [TEST]),
        (BARE | {"chromium": "", "apt-get": f"{LOG}; exit 100"}, [UPDATE, TEST]),
        (BARE | {"chromium": ""} | PERSON, ["sudo -n true", TEST]),
        (BARE, [UPDATE, SHELL, TEST]),
        (BARE | {"apt-get": NOT_KNOWN, "apt-cache": "exit 100"}, [UPDATE, SHELL, UPDATE, WHOLE, TEST]),
    ],
    ids=[
        "with the shell",
        "with a browser that the shell can replace",
        "where nobody knows the shell",
        "without a network",
        "where nobody may install",
        "with neither",
        "with neither where there is no shell",
    ],
)
def test_a_machine_gets_the_browser_that_it_lacks_and_is_not_asked_for_a_password(run, commands, done):
    assert run(commands) == done
