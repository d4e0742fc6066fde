"""What the demo company's rows are posted to and taxed with, the machines it may sell, and a drawing that changed."""

from datetime import date

from erp.demo.company.scene import number
from erp.register.models import Part, PartGroup, PartRevision
from sales.models import (
    Account,
    CustomerTerm,
    Dimension,
    DimensionValue,
    FixedAsset,
    PostingRule,
    PostingRuleValue,
    TransactionType,
    VatCode,
    VatGroup,
    VatRate,
)

# code: (name, per cent)
VAT = {"25": ("Finland 25.5 %", "25.5"), "EU": ("Within the EU, reverse charge", "0"), "EX": ("Export", "0")}
GROUPS = {"FI": ("Finland", "25"), "EU": ("EU", "EU"), "EX": ("Outside the EU", "EX")}
ABROAD = {"10002": "EU", "10004": "EU", "10005": "EU", "10007": "EU"}
ACCOUNTS = {
    "3000": "Sales of bicycles",
    "3010": "Sales of parts",
    "3900": "Set-up charges",
    "4000": "Material used",
    "4400": "Change of stock",
}
DIMENSIONS = {
    ("CC", "Cost centre"): {"100": "Bicycles", "200": "Spare parts", "300": "Rental"},
    ("PR", "Project"): {"SEASON": "Season 2027", "CITY": "City bikes"},
}
# part group: (name, the parts whose numbers begin so, account, cost centre)
PART_GROUPS = {
    "BIKE": ("Bicycles", ("CB-", "TB-", "EB-", "OM-", "TR-"), "3000", "100"),
    "SPARE": ("Spare parts", ("TY-", "IT-", "LI-", "SK-", "RK-", "PN-", "CR-"), "3010", "200"),
}
# number: (name, book value, the object it belongs to)
ASSETS = {
    "FA-07": ("Test rig for frames", "1800", None),
    "FA-07-1": ("Load cell of the test rig", "240", "FA-07"),
    "FA-12": ("Delivery van FSX-418", "6400", None),
}
# The newer of two drawings is the active one.
REVISIONS = {"TB-200": [("A", "Cable stops brazed on"), ("B", "Cables inside the frame")]}


def add_accounts(parts):
    """Accounts, dimensions and the posting matrix by part group."""
    accounts = {code: Account.objects.create(number=code, name=name) for code, name in ACCOUNTS.items()}
    values = {}
    for rank, ((code, name), choices) in enumerate(DIMENSIONS.items(), start=1):
        dimension = Dimension.objects.create(code=code, name=name, rank=rank)
        for value, words in choices.items():
            values[value] = DimensionValue.objects.create(dimension=dimension, code=value, name=words)
    for code, (name, beginnings, account, centre) in PART_GROUPS.items():
        group = PartGroup.objects.create(code=code, name=name)
        for part in (part for part in parts.values() if part.number.startswith(beginnings)):
            part.group = group
        rule = PostingRule.objects.create(part_group=group, account=accounts[account])
        value = values[centre]
        PostingRuleValue.objects.create(rule=rule, dimension=value.dimension, value=value)
    Part.objects.bulk_update(parts.values(), ["group"])
    PostingRule.objects.create(account=accounts["3010"])
    TransactionType.objects.create(code="11", name="Sale", is_default=True)
    TransactionType.objects.create(code="21", name="Return")


def add_vat(partners):
    """Finnish VAT for customers at home, none for those within the EU."""
    codes = {code: VatCode.objects.create(code=code, name=name) for code, (name, _percent) in VAT.items()}
    for code, (_name, percent) in VAT.items():
        VatRate.objects.create(vat_code=codes[code], valid_from=date(2024, 9, 1), percent=number(percent))
    groups = {
        code: VatGroup.objects.create(code=code, name=name, vat_code=codes[vat], is_default=code == "FI")
        for code, (name, vat) in GROUPS.items()
    }
    for customer, group in ABROAD.items():
        facts = {"defaults": {"vat_group": groups[group]}}
        CustomerTerm.objects.update_or_create(customer=partners[customer], **facts)


def add_assets(company):
    """Machines in the books; the rig is sold with what belongs to it."""
    made = {}
    for code, (name, value, main) in ASSETS.items():
        facts = {"company": company, "name": name, "book_value": number(value), "main": made.get(main)}
        made[code] = FixedAsset.objects.create(number=code, **facts)


def add_revisions(parts):
    for code, drawings in REVISIONS.items():
        part = parts[code]
        for drawing, words in drawings:
            part.active_revision = PartRevision.objects.create(part=part, code=drawing, description=words)
        part.save(update_fields=["active_revision"])
