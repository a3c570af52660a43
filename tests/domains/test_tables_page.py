"""What ``docs/tables.md`` promises is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from elicit.basis import InputError
from elicit.domains import Domain, Population, build_from_table

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"no {language} block in {PAGE}"
    return found[1]


def answers(domain: Domain, population: Population, person: str) -> list[str]:
    codes = population.codes[population.ids.index(person)]
    return ["*silent*" if c < 0 else f.options[c].id for f, c in zip(domain.facets, codes, strict=True)]


def test_the_worked_example_is_true(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(block("csv"), encoding="utf-8")
    (tmp_path / "people.toml").write_text(block("toml"), encoding="utf-8")
    made = build_from_table(tmp_path / "people.csv", tmp_path / "people.toml")
    ann, dan = (answers(made.domain, made.population, name) for name in ("Ann", "Dan"))
    for facet, a, d in zip(made.domain.facets, ann, dan, strict=True):
        row = f"| {facet.id} | {', '.join(o.id for o in facet.options)} | {a} | {d} |"
        assert row in PAGE.read_text(encoding="utf-8")
    assert [t.label for t in made.domain.targets] == ["oolong", "pu-erh"]
    assert made.population.liked.tolist() == [
        [True, False], [True, False], [True, True], [False, False], [True, True], [False, False],
    ]  # fmt: skip
    assert made.population.personas["age"].tolist() == [
        "up to 24", "25 to 44", "45 and over", "25 to 44", "45 and over", "45 and over",
    ]  # fmt: skip
    assert made.notes == ()


def test_the_error_on_the_page_is_the_error(tmp_path: Path) -> None:

    rows = block("csv").splitlines()
    table = [*rows, *[""] * 9, rows[1].replace("Ann", "Gil").replace(",f,5,", ",f,55,")]
    (tmp_path / "people.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    (tmp_path / "people.toml").write_text(block("toml"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build_from_table(tmp_path / "people.csv", tmp_path / "people.toml")
    assert str(caught.value).replace(f"{tmp_path}/", "") == block("text").strip()
