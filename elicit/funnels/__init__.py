"""Question sets for products: what can be asked about a catalog, and which few questions lead through it."""
