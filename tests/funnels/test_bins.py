import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elicit.funnels.bins import bin_labels, budget_labels, cuts_of


def test_few_numbers_get_a_bin_each():
    memory = np.array([8, 16, 8, 4, np.nan])
    assert cuts_of(memory) == (4, 8)
    assert bin_labels(memory, (4, 8), "GB") == ("4 GB", "8 GB", "16 GB")


def test_borders_are_round_where_no_number_changes_its_bin():
    prices = np.array([219.99, 269.99, 349.99, 799.99, 849.5, 999.99, 1199.99, 1499.99, 1999.99, 2499.99])
    cuts = cuts_of(prices)
    assert cuts == (300, 800, 1000, 1500)
    assert bin_labels(prices, cuts, "")[:2] == ("up to 300", "301 to 800")
    assert budget_labels(cuts, "$") == ("up to $300", "up to $800", "up to $1,000", "up to $1,500", "over $1,500")
    assert budget_labels(cuts, "EUR")[-1] == "over EUR 1,500"


def test_whole_numbers_have_whole_borders_and_bins_do_not_share_them():
    cups = np.array([5, 6, 8, 8, 9, 10, 10, 12, 12, 14, 14, 16])
    cuts = cuts_of(cups)
    assert all(cut == int(cut) for cut in cuts)
    assert bin_labels(cups, cuts, "cups")[:3] == ("up to 8 cups", "9 cups", "10 to 12 cups")


@pytest.mark.parametrize("step", [1e-3, 1e-5, 1e-7])
def test_numbers_that_lie_close_get_the_decimals_that_tell_them_apart(step):
    numbers = 100 + np.arange(20) * step
    labels = bin_labels(numbers, cuts_of(numbers), "mm")
    assert len(set(labels)) == len(labels) == 5
    few = numbers[:3]
    assert len(set(bin_labels(few, cuts_of(few), "mm"))) == 3
    assert bin_labels(few, cuts_of(few), "mm")[0] == "100 mm"


def test_numbers_that_nobody_tells_apart_are_one_option():
    nights = np.array([0, 100, 101, 120, 365, 100])
    assert cuts_of(nights) == (0, 101, 120)
    assert bin_labels(nights, cuts_of(nights), "nights") == (
        "0 nights",
        "100 to 101 nights",
        "120 nights",
        "365 nights",
    )


@pytest.mark.parametrize("numbers", [[100, 101, 102], [1.0, 1.5, 2.0], [8, 9, 10, 11]])
def test_numbers_that_are_all_there_is_stay_apart(numbers):
    known = np.array(numbers, dtype=np.float64)
    assert len(cuts_of(known)) == len(numbers) - 1


def test_many_numbers_of_which_most_are_near_another_are_few():
    inches = np.array([12.3, 12.4, 13.3, 13.5, 14, 15.6, 16, 17.3])
    labels = bin_labels(inches, cuts_of(inches), "inch")
    assert labels == ("12.3 to 12.4 inch", "13.3 to 13.5 inch", "14 inch", "15.6 inch", "16 inch", "17.3 inch")


def test_bins_with_decimals_do_not_share_a_border():
    kilos = np.array([1.1, 1.3, 1.5, 1.8, 2.2, 2.6, 3.1, 3.7, 4.4, 5.2])
    cuts = cuts_of(kilos)
    lows = [float(label.split()[0]) for label in bin_labels(kilos, cuts, "kg")[1:-1]]
    assert all(cut < low <= kilos[kilos > cut][0] for cut, low in zip(cuts, lows, strict=False))


def test_one_number_has_no_border():
    assert cuts_of(np.array([5.0, 5.0])) == ()


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=2, max_size=60))
def test_every_bin_holds_something_and_borders_ascend(numbers):
    known = np.array(numbers)
    cuts = cuts_of(known)
    assert list(cuts) == sorted(set(cuts))
    assert set(np.searchsorted(cuts, known, side="left")) == set(range(len(cuts) + 1))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e5])
def test_borders_part_about_evenly_at_any_scale(scale):
    numbers = np.arange(1, 101) * scale
    sizes = np.bincount(np.searchsorted(cuts_of(numbers), numbers, side="left"))
    assert len(sizes) == 5
    assert sizes.max() <= 25
