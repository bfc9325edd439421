"""What people install is what was tested: the wheel, in a folder of its own, far from the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.threads_api.test_coming_from_pythreads import FOREIGN

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="builds the wheel: make test installs it")
    folder = tmp_path_factory.mktemp("dist")
    # The lock has the build backend, so nothing is fetched for this.
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=100)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked where nothing of the repository is seen; pip adds no more than that for a pure package."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(installed: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The installed command in `folder`; the libraries are this environment's, the package is not."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "publisher", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)


def test_the_wheel_has_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"publisher"}
    assert "publisher/py.typed" in names
    data = {name.removeprefix("publisher/_data/") for name in names if name.startswith("publisher/_data/")}
    assert {"schemas/post.json", "schemas/config.json", "requirements/runtime.txt"} <= data
    examples = {str(file.relative_to(ROOT)) for file in (ROOT / "example-posts").rglob("*") if file.is_file()}
    assert examples <= data
    assert not [name for name in names if "__pycache__" in name or name.startswith("publisher/_data/tests")]


def test_the_installed_command_is_not_the_repository_s(installed: Path, tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    code = "from publisher.resources import resource; print(resource('schemas/post.json'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.stdout.strip() == str(installed / "publisher" / "_data" / "schemas" / "post.json")


def test_a_post_is_validated_by_the_installed_schemas(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "publisher.yaml").write_text("version: 1\naccount: acme\n")
    (tmp_path / "posts").mkdir()
    post = tmp_path / "posts" / "hello.yaml"
    post.write_text("text: Hello\n")
    assert run(installed, tmp_path, "validate").returncode == 0
    post.write_text("txt: Hello\n")
    found = run(installed, tmp_path, "validate")
    assert found.returncode == 3
    assert "E203" in found.stdout


def test_the_example_posts_are_found_and_valid(installed: Path) -> None:
    done = run(installed, installed / "publisher" / "_data" / "example-posts", "validate")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["post", "config", "state", "output"])
def test_every_schema_can_be_printed(name: str, installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "schema", "print", name)
    assert done.stdout.lstrip().startswith("{"), done.stderr


@pytest.mark.slow
def test_types_flow_from_the_installed_client_into_a_script_of_somebody_else(wheel: Path, tmp_path: Path) -> None:
    # An environment of its own, which borrows the libraries of this one but not its editable package.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (site,) = (tmp_path / "venv").glob("lib/python3*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "borrowed.pth").write_text(f"{Path(pytest.__file__).parent.parent}\n")
    script = tmp_path / "foreign.py"
    script.write_text(FOREIGN)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file", "", str(script)]
    executable = str(tmp_path / "venv" / "bin" / "python")
    done = subprocess.run(
        [*command, "--python-executable", executable, "--verbose"], cwd=tmp_path, capture_output=True, text=True
    )
    assert str(site / "publisher" / "threads_api" / "client.py") in done.stderr
    revealed = [line.split('"')[1] for line in done.stdout.splitlines() if "Revealed type" in line]
    assert len(revealed) == 6, done.stdout
    assert not [kind for kind in revealed if "Any" in kind]
    assert len([line for line in done.stdout.splitlines() if ": error:" in line]) == 2, done.stdout
