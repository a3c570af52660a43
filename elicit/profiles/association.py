"""What personas really tell about facets: mutual information against a permutation null.

Raw mutual information grows with the number of categories even where nothing is there to tell. What counts is the
excess over its mean under permutation. Given other variables, a variable is permuted within their cells only: then the
null holds all that the others explain, and the excess is what the variable adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from elicit.basis import InputError, did_you_mean, stable_hash
from elicit.domains import Domain, Population
from elicit.statistics import benjamini_hochberg, permutation_share, stream

# With fewer, the variance behind a facet's p-value is so uncertain that false claims about double.
_FEWEST_PERMUTATIONS = 200
_FALSE_SHARE = 0.05
_ENOUGH_REACHED = 10
_ROUNDING = 1e-9
_COUNTS_AT_ONCE = 1 << 20
_TIMES = " × "

Integers = NDArray[np.intp]
Bits = NDArray[np.float64]


@dataclass(frozen=True)
class FacetAssociation:
    """What a variable tells about one facet.

    Attributes:
        facet: its id.
        raw: mutual information in bits.
        null: its mean under permutation.
        p: of this facet alone; see :func:`facet_p`.
        significant: whether it stands after Benjamini–Hochberg at 5 % over all facets of the row.
    """

    facet: str
    raw: float
    null: float
    p: float
    significant: bool

    @property
    def excess(self) -> float:
        """Bits beyond what chance gives; below 0 where there is less."""
        return self.raw - self.null

    def flat(self) -> dict[str, object]:
        """Return the facet as tables and ``--json`` show it."""
        return {
            "facet": self.facet,
            "raw": self.raw,
            "null": self.null,
            "excess": self.excess,
            "p": self.p,
            "significant": self.significant,
        }


@dataclass(frozen=True)
class VariableAssociation:
    """What a variable tells about all facets.

    Attributes:
        variable: its name, or several joined by `` × ``: the cells of their combinations.
        given: the variables within whose cells it was permuted, joined alike; empty if it was permuted freely.
        categories: how many occur.
        people: how many have a value of it and of all that is given.
        entropy: of all facets together, in bits, over these people.
        p: of the sum over facets, (1 + k) / (1 + permutations).
        by_facet: one a facet, in the domain's order.
    """

    variable: str
    given: str
    categories: int
    people: int
    entropy: float
    p: float
    by_facet: tuple[FacetAssociation, ...]

    @property
    def raw(self) -> float:
        """Mutual information in bits, summed over facets."""
        return sum(f.raw for f in self.by_facet)

    @property
    def null(self) -> float:
        """Mean of the sum under permutation, in bits."""
        return sum(f.null for f in self.by_facet)

    @property
    def excess(self) -> float:
        """Bits beyond what chance, or chance and what is given, explains."""
        return self.raw - self.null

    @property
    def share_of_entropy(self) -> float:
        """Excess as a share of the entropy, at most 1; 0 where there is no entropy."""
        return self.excess / self.entropy if self.entropy > 0 else 0.0

    @property
    def significant_facets(self) -> int:
        """Number of facets that stand after Benjamini–Hochberg at 5 %."""
        return sum(f.significant for f in self.by_facet)

    def flat(self) -> dict[str, object]:
        """Return the row as tables and ``--json`` show it."""
        return {
            "variable": self.variable,
            "given": self.given,
            "categories": self.categories,
            "raw": self.raw,
            "null": self.null,
            "excess": self.excess,
            "share_of_entropy": self.share_of_entropy,
            "p": self.p,
            "significant_facets": self.significant_facets,
            "facets": len(self.by_facet),
        }


@dataclass(frozen=True)
class Association:
    """What the variables of a population tell.

    Attributes:
        rows: each variable; each given all others; all as one cell.
        notes: what a reader must know, whole sentences.
    """

    rows: tuple[VariableAssociation, ...]
    notes: tuple[str, ...]

    def row(self, variable: str, given: str = "") -> VariableAssociation:
        """Return the row of a variable.

        Raises:
            InputError: no such row; names the nearest variable.
        """
        for row in self.rows:
            if (row.variable, row.given) == (variable, given):
                return row
        within = f" given '{given}'" if given else ""
        known = dict.fromkeys(row.variable for row in self.rows)
        raise InputError(f"no row for '{variable}'{within}", remedy=did_you_mean(variable, known))

    def strongest(self, variable: str, n: int = 10, given: str = "") -> tuple[FacetAssociation, ...]:
        """Return the ``n`` facets of which a variable tells most, by excess."""
        facets = self.row(variable, given).by_facet
        return tuple(sorted(facets, key=lambda f: f.excess, reverse=True)[:n])


def associate(
    domain: Domain,
    population: Population,
    *,
    variables: Sequence[str] | None = None,
    permutations: int = 500,
    seed: int = 0,
) -> Association:
    """Measure what persona variables tell about facets.

    A person without a value of a variable is left out wherever that variable counts; a silent person is left out of
    the counts of that facet.

    Args:
        domain: whose facets the population's columns are.
        population: at least its codes and personas.
        variables: names of persona variables; None for all.
        permutations: at least 200; the smallest p-value of a sum is 1 / (1 + permutations).
        seed: any integer; a row's draws do not depend on which other rows are measured.

    Raises:
        InputError: no variable, an unknown or a repeated one, or too few permutations.
    """
    names = _checked(population, variables, permutations)
    labels = {name: _categories(population.personas[name]) for name in names}
    counter = _Counter.of(domain, population)
    rows = tuple(
        _row(domain, counter, labels, subject, given, permutations, seed) for subject, given in _questions(names)
    )
    return Association(rows, _notes(domain, counter, labels))


def _checked(population: Population, variables: Sequence[str] | None, permutations: int) -> tuple[str, ...]:
    names = tuple(population.personas if variables is None else variables)
    if not names:
        raise InputError("there is no persona variable to look at", remedy="Take people with personas")
    for name in names:
        if name not in population.personas:
            raise InputError(f"no persona variable '{name}'", remedy=did_you_mean(name, population.personas))
        if names.count(name) > 1:
            raise InputError(f"the persona variable '{name}' is named twice")
    if permutations < _FEWEST_PERMUTATIONS:
        raise InputError(f"{permutations} permutations are too few", remedy=f"Take {_FEWEST_PERMUTATIONS} or more")
    return names


def _questions(names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give (subject, given) of every row."""
    yield from (((name,), ()) for name in names)
    if len(names) > 1:
        yield from (((name,), tuple(n for n in names if n != name)) for name in names)
        yield names, ()


def _categories(values: NDArray[np.str_]) -> Integers:
    """Return int[people]: the place of a value among the sorted values, −1 where it is empty."""
    known = values != ""
    labels = np.full(len(values), -1, dtype=np.intp)
    labels[known] = np.unique(values[known], return_inverse=True)[1]
    return labels


def _cells(labels: Sequence[Integers], people: int) -> Integers:
    """Return int[people]: the combination of labels each person is in, −1 where one is missing; 0 for no labels."""
    cells = np.zeros(people, dtype=np.intp)
    for each in labels:
        paired = cells * (each.max(initial=0) + 1) + each
        missing = (cells < 0) | (each < 0)
        cells = np.unique(np.where(missing, -1, paired), return_inverse=True)[1] - int(missing.any())
    return cells


@dataclass(frozen=True)
class _Counter:
    """A population laid out for counting options by category.

    Attributes:
        indicators: int32[people, columns], 0 or 1: first the options of all facets, then who answered, one column for
            each set of people that a facet may have (a single one where nobody is silent).
        starts: int[facets], the column of each facet's first option.
        answered: int[facets], the column of the people who answered it.
        weighted: float64[people + 1], n · log2 n.
    """

    indicators: NDArray[np.int32]
    starts: Integers
    answered: Integers
    weighted: Bits

    @classmethod
    def of(cls, domain: Domain, population: Population) -> _Counter:
        codes = population.codes
        ends = np.cumsum(domain.option_counts)
        starts = ends - domain.option_counts
        groups, group = np.unique(codes >= 0, axis=1, return_inverse=True)
        options = np.zeros((len(codes), ends[-1]), dtype=np.int32)
        people, facets = np.nonzero(codes >= 0)
        options[people, starts[facets] + codes[people, facets]] = 1
        counts = np.arange(len(codes) + 1.0)
        weighted = counts * np.log2(np.maximum(counts, 1))
        return cls(np.hstack([options, groups.astype(np.int32)]), starts, ends[-1] + group.ravel(), weighted)

    def tables(self, orders: Integers, sizes: Integers) -> NDArray[np.int32]:
        """Count options by category, int32[draws, categories, columns].

        Args:
            orders: int[draws, people], rows of people in the order of their categories.
            sizes: int[categories], how many people each category has.
        """
        # Loading scipy takes longer than most commands; few of them come here.
        from scipy.sparse import csr_array

        draws, categories = len(orders), len(sizes)
        borders = np.concatenate([[0], np.cumsum(np.tile(sizes, draws))])
        members = csr_array(
            (np.ones(orders.size, dtype=np.int32), orders.ravel(), borders),
            shape=(draws * categories, len(self.indicators)),
        )
        counts: NDArray[np.int32] = members @ self.indicators
        return counts.reshape(draws, categories, self.indicators.shape[1])

    def information(self, tables: NDArray[np.int32]) -> Bits:
        """Return the mutual information of categories and each facet in bits, float64[draws, facets]."""
        totals: NDArray[np.int64] = tables.sum(axis=1)
        inner = self.weighted[tables].sum(axis=1) - self.weighted[totals]
        people = np.maximum(totals[:, self.answered], 1)
        bits: Bits = np.maximum(self._over_options(inner) - inner[:, self.answered], 0.0) / people
        return bits

    def entropies(self, people: Integers) -> Bits:
        """Return the entropy of each facet over some people in bits, float64[facets]."""
        totals: NDArray[np.int64] = self.indicators[people].sum(axis=0)[None]
        weighted = self.weighted[totals]
        answered = np.maximum(totals[:, self.answered], 1)
        bits: Bits = ((weighted[:, self.answered] - self._over_options(weighted)) / answered)[0]
        return bits

    def _over_options(self, columns: Bits) -> Bits:
        """Sum float64[draws, columns] over each facet's options, float64[draws, facets]."""
        sums: Bits = np.add.reduceat(columns[:, : int(self.answered.min())], self.starts, axis=1)
        return sums


def _row(
    domain: Domain,
    counter: _Counter,
    labels: dict[str, Integers],
    subject: tuple[str, ...],
    given: tuple[str, ...],
    permutations: int,
    seed: int,
) -> VariableAssociation:
    people = len(counter.indicators)
    variable = _cells([labels[n] for n in subject], people)
    cells = _cells([labels[n] for n in given], people)
    kept = np.flatnonzero((variable >= 0) & (cells >= 0))
    shuffle = _Shuffle.of(kept, variable, cells)
    random = stream(stable_hash(seed, "association", *subject, "given", *given))
    raw = counter.information(counter.tables(shuffle.observed[None], shuffle.sizes))[0]
    null = _null(counter, shuffle, permutations, random)
    reached = (null.sum(axis=1) >= raw.sum() - _ROUNDING).sum()
    return VariableAssociation(
        variable=_TIMES.join(subject),
        given=_TIMES.join(given),
        categories=len(shuffle.sizes),
        people=len(kept),
        entropy=float(counter.entropies(kept).sum()),
        p=float(permutation_share(reached, permutations)),
        by_facet=_by_facet(domain, raw, null),
    )


@dataclass(frozen=True)
class _Shuffle:
    """A variable that can be permuted within cells.

    Attributes:
        observed: int[kept], people in the order of their categories as they are.
        sizes: int[categories]; permuting leaves them as they are.
        by_cell: int[kept], people in the order of their cells.
        cells: int[kept], their cells, ascending.
        places: int[kept], the order of ``by_cell`` that sorts it by category.
    """

    observed: Integers
    sizes: Integers
    by_cell: Integers
    cells: Integers
    places: Integers

    @classmethod
    def of(cls, kept: Integers, variable: Integers, cells: Integers) -> _Shuffle:
        by_cell = kept[np.argsort(cells[kept], kind="stable")]
        places = np.argsort(variable[by_cell], kind="stable")
        sizes = np.unique(variable[kept], return_counts=True)[1]
        return cls(by_cell[places], sizes, by_cell, cells[by_cell], places)

    def draw(self, size: int, random: np.random.Generator) -> Integers:
        """Return int[size, kept]: people in the order of categories dealt out anew within each cell."""
        dealt = np.argsort(self.cells + random.random((size, len(self.cells))), axis=1)
        return self.by_cell[dealt[:, self.places]]


def _null(counter: _Counter, shuffle: _Shuffle, permutations: int, random: np.random.Generator) -> Bits:
    """Return the mutual information under permutation, float64[permutations, facets]."""
    counts = len(shuffle.sizes) * counter.indicators.shape[1]
    block = max(1, _COUNTS_AT_ONCE // max(1, counts, len(shuffle.cells)))
    sizes = (min(block, permutations - start) for start in range(0, permutations, block))
    return np.concatenate(
        [counter.information(counter.tables(shuffle.draw(size, random), shuffle.sizes)) for size in sizes]
    )


def _by_facet(domain: Domain, raw: Bits, null: Bits) -> tuple[FacetAssociation, ...]:
    p = facet_p(raw, null)
    significant = benjamini_hochberg(p) <= _FALSE_SHARE
    columns = (array.tolist() for array in (raw, null.mean(axis=0), p, significant))
    return tuple(FacetAssociation(*fields) for fields in zip(domain.columns, *columns, strict=True))


def facet_p(raw: Bits, null: Bits) -> Bits:
    """Return a p-value for each facet that is fine enough to be corrected for many facets.

    Where at least ten permutations reached the observed value, p is counted: (1 + k) / (1 + n). Beyond, counting is too
    coarse: with 500 permutations and nearly 200 facets, eight must share the smallest p-value before any is let pass.
    There p is the tail of a gamma distribution with the mean and variance of the null. The gamma starts at 0 as mutual
    information does; for large samples and no given variables the null is a scaled chi-square, which is a gamma. The
    chi-square with the textbook degrees of freedom does not serve: it claims far too much where cells are small and for
    permutation within cells. A gamma with a fitted start as well claims slightly too much.

    Source: Winkler et al., "Faster permutation inference in brain imaging" (2016), for the gamma; Knijnenburg et
    al., "Fewer permutations, more accurate P-values" (2009), for the ten.

    Args:
        raw: float[facets], observed.
        null: float[permutations, facets].

    Returns:
        float64[facets]; 1 for a facet that cannot vary.
    """
    # Loaded late as well.
    from scipy.special import gammaincc

    reached = (null >= raw - _ROUNDING).sum(axis=0)
    counted = permutation_share(reached, len(null))
    mean, deviation = null.mean(axis=0), null.std(axis=0, ddof=1)
    beyond = (reached < _ENOUGH_REACHED) & (deviation > _ROUNDING)
    scale = np.where(beyond, deviation**2, 1.0) / np.where(beyond, mean, 1.0)
    return np.where(beyond, gammaincc(mean / scale, raw / scale), counted)


def _notes(domain: Domain, counter: _Counter, labels: dict[str, Integers]) -> tuple[str, ...]:
    return tuple(chain(_still_facets(domain, counter), *(_of_variable(*item) for item in labels.items())))


def _still_facets(domain: Domain, counter: _Counter) -> Iterator[str]:
    entropies = counter.entropies(np.arange(len(counter.indicators)))
    still = [f"'{f.id}'" for f, bits in zip(domain.facets, entropies, strict=True) if bits <= _ROUNDING]
    if still:
        yield f"Everyone who answered {', '.join(still)} gave the same answer: nothing can be told about it."


def _of_variable(name: str, labels: Integers) -> Iterator[str]:
    missing = int((labels < 0).sum())
    if missing:
        yield f"{missing} of {len(labels)} people have no '{name}' and are left out wherever it counts."
    if labels.max(initial=-1) < 1:
        yield f"'{name}' has fewer than two categories: it can tell nothing."
