"""What the README shows in Python runs, and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import elicit

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def test_the_python_example_runs_and_prints_a_row_a_condition_questioner_and_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) <= 12
    exec(compile(example, str(README), "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 * 3 * 5
    assert all(re.fullmatch(r"\w+ +\w+ +\d+  0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]", line) for line in lines)


def test_links_to_files_lead_somewhere() -> None:
    pages = [README, *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*/README.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_room_stands_in_the_file_tree() -> None:
    rooms = {p.parent.name for p in Path(elicit.__file__).parent.glob("*/__init__.py")}
    named = set(re.findall(r"^  (\w+)/ ", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == rooms
