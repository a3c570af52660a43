import numpy as np
import pytest

from elicit.domains import YES_NO, Domain, Facet, Option, Target
from elicit.funnels import Stock, Wanted
from elicit.measures import coverage, pooled_recall, questions_to_item, served
from elicit.profiles import Wishes

COLORS = ("red", "blue", "green", "white")


def stock_of(items: int) -> Stock:
    """Return items that differ in size, of which one in four has each color."""
    options = tuple(Option(id=c, label=c) for c in COLORS)
    sizes = tuple(Option(id=f"size {n}", label=f"size {n}") for n in range(-(-items // 4)))
    facets = (Facet(id="color", label="color", options=options), Facet(id="size", label="size", options=sizes))
    rows = np.arange(items)
    codes = np.stack([rows % 4, rows // 4], axis=1).astype(np.int8)
    targets = tuple(Target(id=str(n), label=f"thing {n}", price=10.0 * n) for n in rows)
    return Stock(Domain(name="things", title="Things", facets=facets, targets=targets), codes)


def wanting(stock: Stock, codes: list[list[int]], barred: int = 0) -> Wanted:
    said = np.array(codes, dtype=np.int8)
    fits = np.stack([((said[n] < 0) | (stock.codes == said[n])).all(axis=1) for n in range(len(said))])
    out = np.zeros_like(fits)
    out[:, :barred] = True
    return Wanted(said, Wishes(fits, fits.astype(np.float32), out), np.ones(len(said)))


def test_every_item_is_wanted_once_and_two_questions_tell_each_apart() -> None:
    found = questions_to_item([stock_of(8), stock_of(16)], seed=1)
    assert found.values["funnel"].mean == pytest.approx(2)
    assert set(found.ahead) == {"funnel", "fixed", "random"}
    assert float(found.ahead["funnel"].mean) == pytest.approx(2 - float(found.values["frequency-skip"].mean))


def test_asking_from_broad_to_specific_is_measured_too() -> None:
    # The broad flag is said of one item; the number behind it tells all four apart.
    broad = Facet(id="lit", label="light", options=YES_NO)
    sizes = Facet(id="size", label="size", options=tuple(Option(id=s, label=s) for s in "SMLX"), depth=1)
    things = tuple(Target(id=s, label=s) for s in "abcd")
    codes = np.array([[0, 0], [0, 1], [0, 2], [1, 3]], dtype=np.int8)
    stock = Stock(Domain(name="things", title="Things", facets=(broad, sizes), targets=things), codes)
    fast, strict = (questions_to_item([stock], seed=1, funnel_weight=weight).values for weight in (0.0, 1.0))
    assert (fast["funnel"].mean, strict["funnel"].mean) == (1, 1.75)
    assert fast["fixed"].mean == strict["fixed"].mean
    few, strictly = (pooled_recall([stock], 1, 1, 1, 1, weight).values for weight in (0.0, 1.0))
    assert few["funnel"].mean[1] > strictly["funnel"].mean[1]
    assert few["funnel as written"].mean[1] > strictly["funnel as written"].mean[1]
    assert few["random"].mean[1] == strictly["random"].mean[1]


def test_recall_starts_from_chance_and_rises_with_questions() -> None:
    found = pooled_recall([stock_of(8), stock_of(16)], questions=2, top=3, draws=2, seed=1)
    share = found.values["funnel"].mean
    assert share[0] == pytest.approx((8 * 3 / 8 + 16 * 3 / 16) / 24)
    assert share[0] < share[1] < share[2] <= 1


def test_shoppers_are_served_what_they_said() -> None:
    stock = stock_of(16)
    shown = served(stock, wanting(stock, [[0, 1], [2, 3]]), questions=2, top=1, seed=1)
    assert shown["all that they said"].fits.tolist() == pytest.approx([1, 1])
    assert shown["funnel"].fits.tolist() == pytest.approx([1, 1])
    assert shown["nothing asked"].fits.mean() < 0.5
    assert shown["funnel"].asked.tolist() == [2, 2]
    assert shown["nothing asked"].asked.tolist() == [0, 0]


def test_what_breaks_the_deal_is_counted_and_those_whom_nothing_fits_are_left_out() -> None:
    stock = stock_of(16)
    wanted = wanting(stock, [[0, -2], [1, 0]], barred=16)
    wanted.wishes.fits[1] = False
    shown = served(stock, wanted, questions=2, top=1, seed=1)["funnel"]
    assert shown.respects.tolist() == [0, 0]
    assert np.isnan(shown.fits).tolist() == [False, True]


def test_equally_likely_items_share_the_chance_to_be_shown() -> None:
    stock = stock_of(16)
    shown = served(stock, wanting(stock, [[0, 1]]), questions=2, top=4, seed=1)["nothing asked"]
    assert 0.1 < shown.fits[0] < 0.45


def test_questions_of_others_meet_facets() -> None:
    found = coverage(stock_of(8), ["What color do you like?", "How old are you?", "What color do you like?"], 4, 0.5)
    assert (found.questions, found.met, found.facets, found.asked) == (2, 1, 2, 1)
    assert (found.answers, found.told) == (4, 2)
