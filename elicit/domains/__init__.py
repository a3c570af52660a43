"""What can be asked: facets, targets, domains on disk, and the coded table of people who answered.

May import ``basis`` and ``statistics``.
"""

from elicit.domains.catalogs import (
    CATALOG_SUFFIXES,
    Catalog,
    Reviews,
    Skipped,
    read_catalog,
    read_reviews,
    split_reviews,
)
from elicit.domains.codes import MAX_OPTIONS, SILENT, Code
from elicit.domains.domain import Domain
from elicit.domains.facets import NON_ANSWERS, YES_NO, Facet, Frozen, Kind, Option, Target
from elicit.domains.fetch import fetch_movielens_100k, movielens_100k_folder
from elicit.domains.folder import first_problem, load_domain, save_domain
from elicit.domains.occupations import EVERYBODY, Occupation, Section, occupations, section_of, sections, stand_ins
from elicit.domains.people_table import TableBuild, build_from_table
from elicit.domains.population import Codes, Population
from elicit.domains.shelf import (
    MOVIES,
    Source,
    build_shipped,
    built_domains,
    open_domain,
    refuse_source,
    shipped_domains,
)
from elicit.domains.six_intents import SIX_INTENTS, build_six_intents, film_genres, section_pulls

__all__ = [
    "CATALOG_SUFFIXES",
    "EVERYBODY",
    "MAX_OPTIONS",
    "MOVIES",
    "NON_ANSWERS",
    "SILENT",
    "SIX_INTENTS",
    "YES_NO",
    "Catalog",
    "Code",
    "Codes",
    "Domain",
    "Facet",
    "Frozen",
    "Kind",
    "Occupation",
    "Option",
    "Population",
    "Reviews",
    "Section",
    "Skipped",
    "Source",
    "TableBuild",
    "Target",
    "build_from_table",
    "build_shipped",
    "build_six_intents",
    "built_domains",
    "fetch_movielens_100k",
    "film_genres",
    "first_problem",
    "load_domain",
    "movielens_100k_folder",
    "occupations",
    "open_domain",
    "read_catalog",
    "read_reviews",
    "refuse_source",
    "save_domain",
    "section_of",
    "section_pulls",
    "sections",
    "shipped_domains",
    "split_reviews",
    "stand_ins",
]
