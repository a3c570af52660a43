import numpy as np
import pytest
from planted_catalog import kettles

from elicit.domains import SILENT
from elicit.funnels import catalog_mapping, enriched, invented_shoppers, stock_of


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    catalog = enriched(kettles(tmp_path_factory.mktemp("shop")))
    return stock_of(catalog, catalog_mapping(catalog)[0], "here")


@pytest.fixture(scope="module")
def people(stock):
    return invented_shoppers(stock, 400, seed=1)


def test_everybody_finds_something(people):
    assert people.liked.any(axis=1).all()


def test_an_item_fits_just_those_who_mind_nothing_else(stock, people):
    for row in range(0, 400, 37):
        minded = np.flatnonzero(people.codes[row] >= 0)
        fits = [stock.fits(column, people.codes[row, column]) for column in minded]
        assert (people.liked[row] == np.all([np.ones(len(stock), dtype=bool), *fits], axis=0)).all()


def test_about_half_is_minded_and_no_lack_of_a_feature_is(stock, people):
    flag = stock.domain.column("cordless")
    assert set(np.unique(people.codes[:, flag])) == {SILENT, 1}
    assert 0.4 < (people.codes[:, stock.domain.column("maker")] >= 0).mean() < 0.6


def test_budgets_reach_at_least_as_far_as_the_cheapest_that_fits(stock, people):
    price = stock.domain.column("price")
    cheapest = np.where(people.liked, stock.codes[:, price], 99).min(axis=1)
    minds = people.codes[:, price] >= 0
    assert (people.codes[minds, price] >= cheapest[minds]).all()
    assert (people.codes[minds, price] > cheapest[minds]).any()


def test_what_is_sold_often_is_wanted_often(stock):
    weights = np.array([0.9, 0.02, 0.02, 0.02, 0.02, 0.02], dtype=np.float32)
    people = invented_shoppers(type(stock)(stock.domain, stock.codes, weights, stock.ceilings), 300, seed=2)
    assert people.liked[:, 0].mean() > 0.85


def test_the_same_seed_gives_the_same_people_and_more_of_them_begin_alike(stock):
    few, many = (invented_shoppers(stock, number, seed=3) for number in (10, 20))
    assert (few.codes == many.codes[:10]).all()
    assert (invented_shoppers(stock, 10, seed=4).codes != few.codes).any()
