"""What other programs make of our exports: SurveyJS under Node, and pyxform. What is missing is skipped."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from planted_lamps import codes_of

from elicit.domains import Domain
from elicit.funnels import TreeQuestioner
from elicit.funnels.exports import Funnel, Walk, survey_cases_json, survey_json, xlsform

_SCRIPT = Path(__file__).with_name("walk_survey.cjs")
_COMPARED = re.compile(r"\s*/data/(\w+)\s*=\s*'(\w+)'\s*")


def nodes_on(walk: Walk, funnel: Funnel, domain: Domain) -> list[str]:
    """Return the nodes at which our runner comes by before the first and after each answer of a walk."""
    runner = TreeQuestioner(funnel.tree, domain)
    return [runner.node(state).id for state in codes_of(walk.answers, funnel, domain)]


def replayed(folder: Path, funnel: Funnel, cases: int | None = None) -> dict[str, Any]:
    """Return what SurveyJS shows in the cases of a survey, the first few of them if so many are named."""
    core, node = os.environ.get("ELICIT_SURVEY_CORE"), shutil.which("node")
    if not core or not node:
        pytest.skip("needs node, and ELICIT_SURVEY_CORE naming the folder of survey-core; see CONTRIBUTING.md")
    few = json.loads(survey_cases_json(funnel))["cases"][:cases]
    (folder / "survey.json").write_text(survey_json(funnel), encoding="utf-8")
    (folder / "cases.json").write_text(json.dumps({"cases": few}), encoding="utf-8")
    command = [node, str(_SCRIPT), core, str(folder / "survey.json"), str(folder / "cases.json")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def form_conditions(funnel: Funnel) -> dict[str, list[tuple[str, str]]]:
    """Return question or note to the answers after which the form of pyxform shows it; none = always."""
    pytest.importorskip("pyxform", reason="needs pyxform")
    from pyxform.xls2xform import convert

    form = ElementTree.fromstring(convert(xlsform=io.BytesIO(xlsform(funnel))).xform)
    found = {}
    for bind in form.iter("{http://www.w3.org/2002/xforms}bind"):
        name = bind.attrib["nodeset"].removeprefix("/data/")
        parts = bind.get("relevant", "").split(" or ") if "relevant" in bind.attrib else []
        found[name] = [_COMPARED.fullmatch(part).groups() for part in parts]
    return {name: ways for name, ways in found.items() if name in funnel.tree.by_id}
