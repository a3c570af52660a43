from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from elicit.basis import InputError, atomic_folder, atomic_path, file_hash, refuse_foreign, write_text


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    with atomic_path(path) as temporary:
        temporary.write_text("new")
        assert temporary.suffix == ".txt"
        assert not path.exists()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def fail_half_way(path: Path) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text("half")
        raise InputError("half-way")


def fail_in_a_folder(path: Path, error: BaseException) -> None:
    with atomic_folder(path) as temporary:
        (temporary / "half").touch()
        raise error


def test_old_content_stays_and_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old ✓")
    with pytest.raises(InputError):
        fail_half_way(path)
    assert path.read_text(encoding="utf-8") == "old ✓"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), atomic_path(tmp_path / "a.txt"):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        fail_in_a_folder(tmp_path / "b", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_ours_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "domain"
    for name in ("first", "second"):
        with atomic_folder(path) as temporary:
            (temporary / "domain.toml").touch()
            (temporary / name).touch()
    assert {p.name for p in path.iterdir()} == {"domain.toml", "second"}
    with pytest.raises(InputError):
        fail_in_a_folder(path, InputError("half-way"))
    assert {p.name for p in path.iterdir()} == {"domain.toml", "second"}
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_ours_is_never_replaced(tmp_path: Path) -> None:
    folder, file = tmp_path / "thesis", tmp_path / "notes.txt"
    folder.mkdir()
    (folder / "chapter.txt").write_text("two years")
    file.write_text("mine")
    for path in (folder, file):
        with pytest.raises(InputError, match=r"was not written by elicit\. Name another place") as caught:
            fail_in_a_folder(path, AssertionError("the block was entered"))
        assert caught.value.where == str(path)
    assert (folder / "chapter.txt").read_text() == "two years"
    assert file.read_text() == "mine"


def test_empty_and_absent_folders_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "absent"):
        refuse_foreign(tmp_path / name)
        with atomic_folder(tmp_path / name) as temporary:
            (temporary / "domain.toml").touch()
        assert (tmp_path / name / "domain.toml").exists()


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, target in (("link", "folder"), ("dangling", "new")):
        link = tmp_path / name
        link.symlink_to(target)
        with atomic_folder(link) as temporary:
            (temporary / "domain.toml").touch()
        assert link.is_symlink()
        assert [p.name for p in (tmp_path / target).iterdir()] == ["domain.toml"]
    assert {p.name for p in tmp_path.iterdir()} == {"link", "folder", "dangling", "new"}


def test_hash_of_a_file_longer_than_a_block(tmp_path: Path) -> None:
    content = b"abc" * 700_000
    (tmp_path / "a").write_bytes(content)
    assert file_hash(tmp_path / "a") == hashlib.sha256(content).hexdigest()
