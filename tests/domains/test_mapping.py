"""A mapping file says what it means, and a slip in it is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from elicit.basis import InputError
from elicit.domains import Kind
from elicit.domains.mapping import MISSING, read_mapping

BYTE_ORDER_MARK = "\ufeff"
WHOLE = """
name = "survey"
id = "who"
missing = ["", "-"]

[personas]
gender = "Gender"
age = { column = "Age", cuts = [17, 24] }

[[facets]]
column = "Smoking"
label = "smoking"
depth = 1
sensitive = true
options = ["no", { id = "yes", label = "yes, I do", phrasings = ["I smoke."] }]
values = { "1" = "no", "2" = "yes", "3" = "yes" }

[[facets]]
columns = ["Music *"]
without = ["Music id"]
kind = "number"
bins = 4

[targets]
columns = ["Film *"]
at_least = 4
"""


def refusal(folder: Path, text: str | bytes) -> str:
    path = folder / "m.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        read_mapping(path)
    return str(caught.value).removeprefix(str(path))


def test_a_mapping_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(WHOLE)
    mapping = read_mapping(tmp_path / "m.toml")
    smoking, music = mapping.facets
    assert (mapping.name, mapping.id, mapping.missing, mapping.encoding) == ("survey", "who", ("", "-"), "utf-8")
    assert mapping.personas["gender"].column == "Gender"
    assert mapping.personas["age"].cuts == (17, 24)
    assert [(o.id, o.label, o.phrasings) for o in smoking.options] == [
        ("no", "no", ()),
        ("yes", "yes, I do", ("I smoke.",)),
    ]
    assert smoking.sensitive
    assert (music.kind, music.bins, music.depth) == (Kind.NUMBER, 4, 0)
    assert mapping.targets is not None
    assert mapping.targets.at_least == 4


def test_little_need_be_said(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[[facets]]\ncolumns = ["*"]\n')
    mapping = read_mapping(tmp_path / "m.toml")
    assert mapping.missing == MISSING
    assert mapping.targets is None


BLOCK = '[[facets]]\ncolumn = "a"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nam = 'x'\n" + BLOCK, ": unknown key 'nam'. Did you mean 'name'?"),
        (BLOCK + "dept = 1", ", facet 'a': unknown key 'dept'. Did you mean 'depth'?"),
        ('[[facets]]\ncolumns = ["a", "b*"]\nwithot = []', ", facet 'a, b*': unknown key 'withot'. Did you mean 'wit"),
        (BLOCK + '[targets]\ncolums = ["b"]\nlike = "x"', ": unknown key 'colums'. Did you mean 'columns'?"),
        (BLOCK + '[personas]\nage = { column = "Age", cut = [1] }', ": unknown key 'cut'. Did you mean 'cuts'?"),
        (BLOCK + 'options = [{ id = "x", lable = "y" }]', ", facet 'a': unknown key 'lable'. Did you mean 'label'?"),
        (BLOCK + "depth = -1", ", facet 'a': depth: Input should be greater than or equal to 0 (it is -1)"),
        (BLOCK + "id = 'smoke'\ndepth = -1", ", facet 'smoke': depth: Input should be"),
        ("[[facets]]\ndepth = -1", ", facet '1': depth: Input should be"),
        (BLOCK + 'kind = "choice"', ", facet 'a': kind: Input should be 'single', 'multi', 'number' or 'open' (it is"),
        (BLOCK + "cuts = [1]", ", facet 'a': 'cuts' is a key of kind 'number', but this is of kind 'single'"),
        (BLOCK + 'kind = "open"\nvalues = { a = "b" }', ", facet 'a': 'values' is a key of kind 'single', but this"),
        (BLOCK + 'kind = "number"\ncuts = [2, 1]', ", facet 'a': the cuts do not ascend (2, 1)"),
        (BLOCK + 'kind = "number"\ncuts = [1, inf]', ", facet 'a': cuts.1: Input should be a finite number (it is inf"),
        (BLOCK + 'kind = "number"\ncuts = [1]\nbins = 2', ", facet 'a': 'cuts' and 'bins' exclude each other"),
        (
            BLOCK + 'options = ["no", "yes"]\nvalues = { "1" = "yess" }',
            ", facet 'a': cell '1' means 'yess', which is no option. Did you mean 'yes'?",
        ),
        (BLOCK + "options = [1, 2]", ", facet 'a': options.0: "),
        (BLOCK + 'columns = ["b"]', ", facet 'a': needs either 'column' (one) or 'columns' (many)"),
        ("[[facets]]\ndepth = 1", ", facet '1': needs either 'column'"),
        ('[[facets]]\ncolumns = ["b*"]\nid = "x"', ", facet 'x': 'id' goes with 'column'"),
        (BLOCK + 'without = ["b"]', ", facet 'a': 'without' goes with 'columns'"),
        (BLOCK + '[targets]\ncolumns = ["b"]', ": targets: needs either 'like' (a cell) or 'at_least' (a number)"),
        (BLOCK + "[targets]\ncolumns = []\nat_least = 1", ": targets.columns: Tuple should have at least 1 item"),
        (
            BLOCK + '[personas]\nage = { column = "Age", cuts = [2, 2] }',
            ": personas.age: the cuts do not ascend (2, 2)",
        ),
        (
            BLOCK + 'scale = "liking"\n[scales.likin]\noptions = ["a"]',
            ": no scale is called 'liking'. Did you mean 'likin'?",
        ),
        (
            BLOCK + 'scale = "x"\noptions = ["a"]\n[scales.x]',
            ", facet 'a': 'scale' stands for 'options' and 'values'",
        ),
        (BLOCK + 'kind = "open"\nscale = "x"\n[scales.x]', ", facet 'a': 'scale' is a key of kind 'single', but this"),
        (BLOCK + '[scales.x]\nvalue = { "1" = "no" }', ": unknown key 'value'. Did you mean 'values'?"),
        (
            BLOCK + '[scales.x]\noptions = ["no"]\nvalues = { "1" = "nay" }',
            ": scales.x: cell '1' means 'nay', which is no option",
        ),
        (BLOCK + 'ids = { a = "b" }', ", facet 'a': 'ids' goes with 'columns'"),
        (
            BLOCK + '[targets]\ncolumns = ["b"]\nlike = "x"\nwithin = [1, 5]',
            ": targets: 'within' goes with 'at_least'",
        ),
        (
            BLOCK + '[targets]\ncolumns = ["b"]\nat_least = 6\nwithin = [1, 5]',
            ": targets: 'at_least' (6) lies outside 'within'",
        ),
        (BLOCK + '[personas]\nid = "who"', ": personas: a persona variable cannot be called 'id'"),
        ('encoding = "latin-9000"\n' + BLOCK, ": encoding: no encoding of text is called 'latin-9000'"),
        ('encoding = "hex"\n' + BLOCK, ": encoding: no encoding of text is called 'hex'"),
        ("name = 'x'", ": facets: Field required"),
        ("[facets]\ncolumn = 'a'", ": facets: Input should be a valid tuple"),
        ("name = \n", ": not valid TOML: Invalid value (at line 1, column 8)"),
        (b"name = '\xff'", ": not UTF-8 (byte 8)"),
    ],
)
def test_a_slip_is_named_with_its_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    message = refusal(tmp_path, text)
    assert message.startswith(said)
    assert "\n" not in message


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.toml: no such file"):
        read_mapping(tmp_path / "absent.toml")


def test_the_mark_that_editors_put_before_utf_8_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(BYTE_ORDER_MARK + WHOLE, encoding="utf-8")
    assert read_mapping(path).name == "survey"


def test_an_empty_wording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('[[facets]]\ncolumn = "Smoking"\nwordings = ["Do you smoke?", " "]\n', encoding="utf-8")
    with pytest.raises(InputError, match="facet 'Smoking': one of the 'wordings' is empty"):
        read_mapping(path)
