"""Made-up products with texts from which features can be read."""

from elicit.funnels.item_texts import ItemText

KETTLES = [
    ItemText(f"{brand} - {liters} Liter {kind}Kettle - {color}", (f"{liters} liter capacity", f"{steel} body", *more))
    for brand, liters, kind, color, steel, more in (
        ("Aldo", "1.7", "Cordless ", "Matte Black", "Steel", ("Keep-warm function", "2-year warranty")),
        ("Aldo", "1", "Cordless ", "Jet Black", "Glass", ("Powerful heater", "2-year warranty")),
        ("Bero", "1.5", "Travel ", "Snow White", "Brushed steel", ("Keep-warm function", "5-year warranty")),
        ("Bero", "0.5", "Travel ", "White", "Steel", ("Powerful heater", "5-year warranty")),
        ("Cima", "1.7", "", "White", "Glass", ("Powerful heater", "1-year warranty")),
        ("Dune", "1", "", "Matte Black", "Steel", ("Keep-warm function for tea", "1-year warranty")),
    )
]
