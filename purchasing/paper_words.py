"""The words of the papers that go to a supplier, in its language. Small on purpose: a document's own words, no more.

A language that misses a word is found by a test, and so is a word that nobody uses.
"""

# What every paper says, whoever gets it; sales takes them from here.
SHARED = {
    "version": {"en": "Version", "sv": "Version", "da": "Version", "de": "Fassung"},
    "replaces": {
        "en": "replaces version",
        "sv": "ersätter version",
        "da": "erstatter version",
        "de": "ersetzt Fassung",
    },
    "deliver_to": {"en": "Deliver to", "sv": "Leveransadress", "da": "Leveringsadresse", "de": "Lieferanschrift"},
    "ordered_on": {"en": "Order date", "sv": "Orderdatum", "da": "Ordredato", "de": "Bestelldatum"},
    "our_reference": {"en": "Our reference", "sv": "Vår referens", "da": "Vores reference", "de": "Unser Zeichen"},
    "goods_label": {"en": "Goods label", "sv": "Godsmärke", "da": "Godsmærke", "de": "Warenkennzeichen"},
    "currency": {"en": "Currency", "sv": "Valuta", "da": "Valuta", "de": "Währung"},
    "pos": {"en": "Pos.", "sv": "Pos.", "da": "Pos.", "de": "Pos."},
    "name": {"en": "Name", "sv": "Benämning", "da": "Betegnelse", "de": "Bezeichnung"},
    "revision": {"en": "revision", "sv": "revision", "da": "revision", "de": "Revision"},
    "quantity": {"en": "Quantity", "sv": "Antal", "da": "Antal", "de": "Menge"},
    "price": {"en": "Price", "sv": "Pris", "da": "Pris", "de": "Preis"},
    "discount": {"en": "Disc. %", "sv": "Rabatt %", "da": "Rabat %", "de": "Rabatt %"},
    "amount": {"en": "Amount", "sv": "Belopp", "da": "Beløb", "de": "Betrag"},
    "date": {"en": "Delivery date", "sv": "Leveransdatum", "da": "Leveringsdato", "de": "Liefertermin"},
    "note": {"en": "Note", "sv": "Anmärkning", "da": "Bemærkning", "de": "Bemerkung"},
    "greeting": {"en": "Good day,", "sv": "Hej,", "da": "Goddag,", "de": "Guten Tag,"},
    "regards": {
        "en": "Kind regards",
        "sv": "Med vänlig hälsning",
        "da": "Med venlig hilsen",
        "de": "Mit freundlichen Grüßen",
    },
}
WORDS = SHARED | {
    "order": {"en": "Purchase order", "sv": "Inköpsorder", "da": "Indkøbsordre", "de": "Bestellung"},
    "draft": {
        "en": "Draft, not ordered",
        "sv": "Utkast, ej beställt",
        "da": "Kladde, ikke bestilt",
        "de": "Entwurf, nicht bestellt",
    },
    "supplier": {"en": "Supplier", "sv": "Leverantör", "da": "Leverandør", "de": "Lieferant"},
    "your_reference": {"en": "Your reference", "sv": "Er referens", "da": "Deres reference", "de": "Ihr Zeichen"},
    "terms": {"en": "Terms", "sv": "Villkor", "da": "Betingelser", "de": "Bedingungen"},
    "our_warehouse": {"en": "our warehouse", "sv": "vårt lager", "da": "vores lager", "de": "unser Lager"},
    "part": {
        "en": "Your part / ours",
        "sv": "Er artikel / vår",
        "da": "Jeres vare / vores",
        "de": "Ihr Artikel / unserer",
    },
    "total": {"en": "Total", "sv": "Summa", "da": "I alt", "de": "Summe"},
    "change": {"en": "Change request", "sv": "Orderändring", "da": "Ordreændring", "de": "Bestelländerung"},
    "what": {"en": "Change", "sv": "Ändring", "da": "Ændring", "de": "Änderung"},
    "was": {"en": "Was", "sv": "Var", "da": "Var", "de": "Bisher"},
    "is_now": {"en": "New", "sv": "Nytt", "da": "Nyt", "de": "Neu"},
    "added": {"en": "New row", "sv": "Ny rad", "da": "Ny linje", "de": "Neue Position"},
    "removed": {"en": "Cancelled row", "sv": "Struken rad", "da": "Slettet linje", "de": "Gestrichene Position"},
    "cancelled": {"en": "cancelled", "sv": "struken", "da": "slettet", "de": "gestrichen"},
    "after": {
        "en": "The order after these changes:",
        "sv": "Ordern efter dessa ändringar:",
        "da": "Ordren efter disse ændringer:",
        "de": "Die Bestellung nach diesen Änderungen:",
    },
    "attached_change": {
        "en": "we ask you for changes of our purchase order %(number)s, as attached. Please accept or decline them.",
        "sv": "vi ber om ändringar i vår inköpsorder %(number)s, se bilagan. Vänligen bekräfta eller avböj dem.",
        "da": "vi beder om ændringer i vores indkøbsordre %(number)s, se vedhæftet. Bekræft eller afvis dem venligst.",
        "de": "wir bitten um Änderungen unserer Bestellung %(number)s, siehe Anlage. Bitte bestätigen oder ablehnen.",
    },
    "attached": {
        "en": "our purchase order %(number)s is attached. Please confirm quantities and delivery dates.",
        "sv": "vår inköpsorder %(number)s är bifogad. Vänligen bekräfta antal och leveransdatum.",
        "da": "vores indkøbsordre %(number)s er vedhæftet. Bekræft venligst antal og leveringsdatoer.",
        "de": "anbei unsere Bestellung %(number)s. Bitte bestätigen Sie Mengen und Liefertermine.",
    },
}
# Units that are abbreviated differently; all others are the same everywhere (kg, m, l).
UNITS = {
    "pcs": {"sv": "st", "da": "stk.", "de": "Stk."},
    "box": {"sv": "kart.", "da": "kasse", "de": "Kart."},
    "pair": {"sv": "par", "da": "par", "de": "Paar"},
    "reel": {"sv": "rulle", "da": "rulle", "de": "Rolle"},
    "can": {"sv": "burk", "da": "dåse", "de": "Dose"},
    "bar": {"sv": "stång", "da": "stang", "de": "Stange"},
    "h": {"sv": "tim", "da": "t", "de": "Std."},
}


def words_in(words, language):
    """{key: word}"""
    return {key: spoken[language] for key, spoken in words.items()}


def unit_in(language, code):
    return UNITS.get(code, {}).get(language, code)
