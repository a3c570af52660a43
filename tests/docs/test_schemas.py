from __future__ import annotations

import pytest
from schemas import FOLDER, MODELS, schema


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_written_schema_is_the_one_the_code_has(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == schema(name), "run tests/docs/schemas.py"
