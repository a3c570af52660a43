"""Question sets for products: what can be asked about a catalog, and which few questions lead through it."""

from elicit.funnels.facets import CatalogMapping, catalog_mapping, enriched
from elicit.funnels.shoppers import Shopper, Wanted, read_shoppers, wanted_by
from elicit.funnels.stock import Stock
from elicit.funnels.stocking import stock_of
