from hypothesis import given
from hypothesis import strategies as st

from elicit.funnels.item_texts import ItemText


def words(text: str) -> list[tuple[str, ...]]:
    return [piece.words for piece in ItemText(text, ()).pieces]


def test_a_name_is_cut_at_dashes_and_commas_and_a_unit_is_parted_from_its_number():
    assert words('HP - 17.3" Laptop, 8GB') == [("HP",), ("17.3", "inch", "Laptop"), ("8", "GB")]


def test_the_number_of_a_model_stays_whole():
    assert words("DCC-3200P1 i5 T14s") == [("DCC", "3200P1", "i5", "T14s")]


def test_two_in_one_is_one_word():
    assert words("A 2-in-1 laptop")[0] == ("A", "2in1", "laptop")


def test_a_phrase_ends_where_it_is_joined_but_not_inside_a_word():
    (piece,) = ItemText("", ("Automatic shut-off for safety",)).pieces
    assert piece.shown(*piece.phrase()) == "Automatic shut-off"


def test_of_what_is_marked_the_value_is_read():
    item = ItemText("", ("Screen size: 32 Inches", "no mark"))
    assert item.marked == (("Screen size", "32 Inches"),)
    assert [piece.words for piece in item.pieces] == [("32", "Inches"), ("no", "mark")]


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_can_be_cut(label, parts):
    for piece in ItemText(label, tuple(parts)).pieces:
        start, stop = piece.phrase()
        assert 0 <= start <= stop <= len(piece) == len(piece.stems) > 0
        assert piece.shown(0, len(piece))
