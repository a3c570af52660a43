import numpy as np
import pytest
from planted_catalog import kettles, shoppers_file

from elicit.basis import InputError
from elicit.funnels import catalog_mapping, enriched, read_shoppers, stock_of, wanted_by
from elicit.language import WordUnderstanding


@pytest.fixture
def stock(tmp_path):
    catalog = enriched(kettles(tmp_path))
    return stock_of(catalog, catalog_mapping(catalog)[0], "here")


def wanted(stock, tmp_path, **answers):
    path = shoppers_file(tmp_path, {question.replace("_", " ") + "?": said for question, said in answers.items()})
    return wanted_by(stock, read_shoppers(path), WordUnderstanding(stock.domain, None))


def test_a_budget_bars_what_costs_more_than_the_sum_and_not_than_its_bin(stock, tmp_path):
    wishes = wanted(stock, tmp_path, What_is_your_budget="about $45").wishes
    assert wishes.fits[0].tolist() == [True, True, False, False, False, False]
    assert wishes.barred[0].tolist() == [False, False, True, True, True, True]


def test_of_a_range_of_sums_the_highest_counts(stock, tmp_path):
    assert wanted(stock, tmp_path, What_is_your_budget="$30-$50").wishes.fits[0].sum() == 3


def test_an_open_ended_sum_bars_nothing(stock, tmp_path):
    assert wanted(stock, tmp_path, What_is_your_budget="$20+").wishes.fits[0].all()


def test_one_of_several_makers_will_do(stock, tmp_path):
    found = wanted(stock, tmp_path, Which_maker_do_you_like="Bero or Cima")
    assert found.wishes.fits[0].tolist() == [False, False, True, True, True, True]
    assert found.codes[0, stock.domain.column("maker")] == 1


def test_a_feature_that_is_wanted_must_be_there_unless_the_catalog_is_silent(stock, tmp_path):
    wishes = wanted(stock, tmp_path, Should_it_be_cordless="yes").wishes
    assert wishes.fits[0].tolist() == [True, False, True, False, True, True]
    assert not wishes.barred.any()


def test_a_feature_that_is_not_wanted_does_no_harm(stock, tmp_path):
    found = wanted(stock, tmp_path, Should_it_be_cordless="no")
    assert found.wishes.fits[0].all()
    assert (found.codes < 0).all()


def test_a_deal_breaker_bars(stock, tmp_path):
    found = wanted(stock, tmp_path, Do_you_have_dealbreakers="It must have at least 1.5 liters")
    assert found.wishes.barred[0].tolist() == [False, True, False, True, False, True]


def test_a_deal_breaker_about_money_is_the_budget(stock, tmp_path):
    answers = {"What_is_your_budget": "about $150", "Do_you_have_deal_breakers": "I cannot go over $40"}
    assert wanted(stock, tmp_path, **answers).wishes.fits[0].sum() == 2


def test_items_that_meet_more_look_better(stock, tmp_path):
    wishes = wanted(stock, tmp_path, What_is_your_budget="$50", Should_it_be_cordless="yes").wishes
    assert np.allclose(wishes.appeal[0], [1, 0.5, 1, 0, 0.5, 0.5])


def test_who_is_not_understood_takes_anything(stock, tmp_path):
    found = wanted(stock, tmp_path, What_is_your_star_sign="Leo")
    assert found.wishes.fits[0].all()
    assert found.understood[0] == 0


def test_wishes_that_nothing_meets_leave_nothing(stock, tmp_path):
    found = wanted(stock, tmp_path, What_is_your_budget="$5")
    assert not found.wishes.fits.any()
    assert found.wishes.barred.all()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[1]\n", ":1"),
        ('{"a": "b"}\n{oops\n', ":2"),
        ("\n", "there is no shopper"),
        ('{"a": "b"}\n{"a": 5, "b": " "}\n', ":2: no question is answered in words"),
    ],
)
def test_a_line_that_is_no_shopper_is_named(tmp_path, text, where):
    path = tmp_path / "shoppers.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=where):
        read_shoppers(path)


def test_the_mark_that_editors_put_before_utf_8_does_no_harm(tmp_path):
    path = tmp_path / "shoppers.jsonl"
    path.write_text('\ufeff{"a": "b"}\n', encoding="utf-8")
    assert read_shoppers(path)[0].answers == {"a": "b"}
