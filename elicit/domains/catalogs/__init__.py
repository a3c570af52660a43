"""From the file of a product catalog to a table of items, whatever a shop exports.

================================  ============================================================================
file                              what is read
================================  ============================================================================
``.csv``, ``.tsv``, ``.txt``      a table, separated by commas, semicolons, tabs or bars; or a Shopify export
``.parquet``                      a table; lists stay lists, records of one level become columns ``a.b``
``.json``                         a list of objects, or one key that holds such a list; or schema.org Products
``.jsonl``, ``.ndjson``           one object a line
``.jsonld``, ``.html``, ``.htm``  schema.org Products; in a page those in ``application/ld+json`` scripts
================================  ============================================================================

``separated``, ``json_files``, ``schema_org``, ``parquet_files`` and ``shopify`` read; ``cleaning`` makes plain text;
``roles`` finds ids, names and prices; ``prices``, ``quantities`` and ``values`` give cells of one kind one form;
``reader`` puts these together. ``reviews`` reads what buyers wrote about the items.
"""

from elicit.domains.catalogs.catalog import Catalog, Skipped
from elicit.domains.catalogs.reader import CATALOG_SUFFIXES, read_catalog
from elicit.domains.catalogs.reviews import Reviews, read_reviews, split_reviews

__all__ = ["CATALOG_SUFFIXES", "Catalog", "Reviews", "Skipped", "read_catalog", "read_reviews", "split_reviews"]
