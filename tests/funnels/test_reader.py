"""A chat model as a reader of items: what is taken of what it says, and what becomes of the rest."""

import json
from pathlib import Path

import pytest

from elicit.basis import UnavailableError
from elicit.funnels.extracting import traits_of
from elicit.funnels.item_texts import ItemText
from elicit.funnels.pairs import Judged, Pair, judged, pairs_in
from elicit.funnels.reader import Reader
from elicit.funnels.told import told_traits
from elicit.funnels.traits import Origin
from elicit.models import ModelSettings

KETTLE = ItemText("Aldo Kettle", ("Body of brushed stainless steel", "1.7 liter capacity", "Heats on gas, induction"))
LAMPS = [
    ItemText(f"Lamp {n}", (f"Stands on a {foot} foot, shines {light}",))
    for n, (foot, light) in enumerate((("oak", "warm"), ("oak", "cold"), ("brass", "warm"), ("brass", "warm")))
]
LIT = tuple(enumerate(("red", "red", "blue", "green", "blue")))
ANSWERS = {
    "Lamp 0": {"foot": "oak", "light": "warm", "glow": "yellow"},
    "Lamp 1": {"Foot": "Oak", "light": "cold"},
    "Lamp 2": {"foot": "brass", "light": "warm"},
    "Lamp 3": {"foot": "brass", "lights": "warm", "price": "warm"},
}


def reader(folder: Path, when: dict[str, str], otherwise: str = "{}") -> Reader:
    """Return a reader whose model says what is scripted where a pattern is found."""
    blocks = [f"[[when]]\nmatches = {json.dumps(match)}\nreply = {json.dumps(reply)}" for match, reply in when.items()]
    script = folder / "script.toml"
    script.write_text("\n".join([f"replies = [{json.dumps(otherwise)}]", *blocks]) + "\n", encoding="utf-8")
    return Reader(ModelSettings(spec=f"scripted:{script}", temperature=0))


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('{"foot": "oak"}', {"foot": "oak"}),
        ('```json\n{"foot": "oak"}\n```', {"foot": "oak"}),
        ('<think>{"a": "b"} or {material}?</think> Here: {"foot": "oak"} Done.', {"foot": "oak"}),
        ('{"foot": "oak", "light": "wa', None),
        ('["foot", "oak"]', None),
        ("foot: oak", None),
        ("{" * 3000, None),
        ("", None),
        ("{}", {}),
    ],
)
def test_the_last_object_of_a_reply_counts(reply: str, found: object) -> None:
    assert pairs_in(reply) == found


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("material", "stainless steel", Judged.TAKEN),
        ("Body_Material", "Brushed Stainless  Steel", Judged.TAKEN),
        ("heat source", "gas", Judged.TAKEN),
        ("material", "steel stainless", Judged.ABSENT),
        ("material", "glass", Judged.ABSENT),
        ("heat source", "gas, induction", Judged.ABSENT),
        ("capacity", "1.7 liter", Judged.MEASURED),
        ("how it is heated up", "gas", Judged.KEY),
        ("", "gas", Judged.KEY),
        ("k" * 100, "gas", Judged.KEY),
        ("product name", "Aldo Kettle", Judged.ROLE),
        ("Price", "gas", Judged.ROLE),
        ("body", "Body of brushed stainless steel", Judged.VALUE),
        ("body", "", Judged.VALUE),
        ("body", ["brushed", "steel"], Judged.VALUE),
        ("induction", True, Judged.VALUE),
        ("body", None, Judged.VALUE),
    ],
)
def test_what_becomes_of_a_pair(key: str, value: object, what: Judged) -> None:
    assert [found for _, found in judged({key: value}, KETTLE)] == [what]


def test_more_than_twenty_pairs_of_one_item_are_left() -> None:
    found = [what for _, what in judged({f"key {'abcdefghijklmnopqrstuvw'[n]}": "gas" for n in range(23)}, KETTLE)]
    assert found == [Judged.TAKEN] * 20 + [Judged.MORE] * 3


def test_what_is_taken_becomes_traits_and_the_rest_is_counted(tmp_path: Path) -> None:
    by_model = reader(tmp_path, {f"^{name}\n": json.dumps(said) for name, said in ANSWERS.items()})
    traits = {trait.name: trait.values for trait in by_model.traits("lamps", LAMPS)}
    assert traits == {"foot": ("oak", "oak", "brass", "brass"), "light": ("warm", "cold", "warm", "warm")}
    assert by_model.pairs == {Judged.TAKEN: 8, Judged.ABSENT: 1, Judged.ROLE: 1}
    assert by_model.read == {True: 4}
    taken, left = by_model.notes
    assert taken.endswith("script.toml told 8 pairs that can be taken, of 4 of 4 items.")
    assert left == "Left out: value that is not in the item's text (1); key of a name, id or price (1)."


def test_a_bad_reply_is_asked_for_once_more(tmp_path: Path) -> None:
    again = {r"Lamp 0(.|\n)*\(Answer with": '{"foot": "oak"}', "^Lamp 0\n": "I think it is oak.", "^Lamp 1\n": " "}
    by_model = reader(tmp_path, again)
    by_model.traits("lamps", LAMPS)
    assert by_model.bad == {"reply without a JSON object": 1, "empty reply": 1}
    assert by_model.read == {True: 3, False: 1}
    assert by_model.notes[-1] == "Asked for once more: reply without a JSON object (1); empty reply (1)."
    assert by_model.pairs == {Judged.TAKEN: 1}


def test_of_many_items_two_hundred_are_read_evenly_and_the_rest_by_their_values(tmp_path: Path) -> None:
    feet = ("oak", "brass", "cherry")
    items = [ItemText(f"Lamp {n}", (f"Stands on a {feet[n % 3]} foot",)) for n in range(500)]
    by_model = reader(tmp_path, {f"a {foot} foot": json.dumps({"foot": foot}) for foot in feet})
    (trait,) = by_model.traits("lamps", items)
    assert by_model.read == {True: 200}
    assert trait.values == tuple(feet[n % 3] for n in range(500))
    assert trait.origin is Origin.TOLD


def test_values_are_looked_for_only_where_that_finds_what_the_model_told() -> None:
    parts = ("steel lid", "oak lid", "steel lid", "oak lid", "steel base", "oak base", "steel base", "oak lid")
    items = [ItemText(f"Pot {n}", (part,)) for n, part in enumerate(parts)]
    lids = {n: [Pair("lid", part.split()[0])] if "lid" in part else [] for n, part in enumerate(parts[:7])}
    # "steel" and "oak" stand in the texts of seven items that were read, and are told of the lids of four.
    assert told_traits(lids, items)[0].values == ("steel", "oak", "steel", "oak", None, None, None, None)
    lids = dict(list(lids.items())[:6])
    # Of four in six it can be relied on.
    assert told_traits(lids, items)[0].values == ("steel", "oak", "steel", "oak", None, None, "steel", "oak")


def test_the_longer_of_two_values_is_meant() -> None:
    items = [ItemText(f"Pot {n}", (f"{part} body",)) for n, part in enumerate(("steel", "blue steel", "blue steel"))]
    told = {0: [Pair("body", "steel")], 1: [Pair("body", "blue steel")]}
    assert told_traits(told, items)[0].values == ("steel", "blue steel", "blue steel")


@pytest.mark.parametrize(
    "values", [("oak",), ("oak",) * 4, ("oak", "brass", "steel", "glass")], ids=["one item", "all alike", "all unlike"]
)
def test_what_tells_nothing_is_no_trait(values: tuple[str, ...]) -> None:
    items = [ItemText(f"Lamp {n}", ("oak, brass, steel, glass",)) for n in range(4)]
    assert told_traits({n: [Pair("foot", value)] for n, value in enumerate(values)} | {9: []}, items[:4]) == []


def test_the_rules_and_the_model_are_one_where_they_say_the_same() -> None:
    items = [ItemText(f"Lamp {n}", (f"Color: {color}", "Brass foot" if n % 2 else "Oak foot")) for n, color in LIT]
    told = {n: [Pair("shade", color), Pair("foot", "Brass" if n % 2 else "Oak")] for n, color in LIT}
    names = [trait.name for trait in traits_of(items, by_model=told_traits(told, items))]
    assert names == ["color", "foot"]


def test_a_model_that_cannot_be_used_stops_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from elicit.models import ModelError, ModelFault
    from elicit.models.scripted import ScriptedModel

    async def broken(self: ScriptedModel, requests: list[object]) -> list[ModelError]:
        return [ModelError(ModelFault.SLOW, "no reply within 60 s") for _ in requests]

    monkeypatch.setattr(ScriptedModel, "complete", broken)
    with pytest.raises(UnavailableError, match=r"no reply within 60 s \(reader\); nothing was written"):
        reader(tmp_path, {}).traits("lamps", LAMPS)
