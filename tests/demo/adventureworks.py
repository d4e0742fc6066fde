"""A tiny AdventureWorks, written line by line as the real files are."""

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reading import Source

# Defaults of the columns that are read and that no test cares about.
LINES = {
    files.UNIT_MEASURES: {"Name": "Each"},
    files.PRODUCTS: {
        "SafetyStockLevel": "0",
        "StandardCost": "2.50",
        "DaysToManufacture": "1",
    },
    files.BILLS: {"StartDate": "2010-05-04 00:00:00", "UnitMeasureCode": "EA ", "PerAssemblyQty": "1.00"},
    files.VENDORS: {"PreferredVendorStatus": "1", "ActiveFlag": "1"},
    files.TERMS: {"AverageLeadTime": "17", "StandardPrice": "3.00", "MinOrderQty": "1", "UnitMeasureCode": "EA "},
    files.PURCHASES: {"OrderDate": "2013-05-01 00:00:00"},
    files.PURCHASE_LINES: {"DueDate": "2013-05-15 00:00:00", "UnitPrice": "3.00", "RejectedQty": ".00"},
    files.WORK_ORDERS: {
        "ScrappedQty": "0",
        "StartDate": "2013-06-03 00:00:00",
        "EndDate": "2013-06-13 00:00:00",
        "DueDate": "2013-06-14 00:00:00",
    },
    files.SALES: {"OrderDate": "2013-08-02 00:00:00", "DueDate": "2013-08-14 00:00:00"},
    files.SALES_LINES: {"UnitPrice": "99.00", "UnitPriceDiscount": "0.00"},
    files.TRANSACTIONS: {"TransactionDate": "2013-08-02 00:00:00", "TransactionType": "S", "ActualCost": "99.00"},
}


def line(layout, **columns):
    """One line as text: the columns that matter by their official names, all others empty."""
    facts = LINES.get(layout, {}) | {name: str(value) for name, value in columns.items()}
    return layout.between.join(facts.get(column, "") for column in layout.columns)


def write(folder, layout, *lines):
    """A whole file from its lines."""
    text = "".join(
        text + layout.ending.replace("\n", "\r\n" if layout.encoding == "utf-16" else "\n") for text in lines
    )
    (folder / layout.names[0]).write_bytes(text.encode(layout.encoding))


def write_bicycle(folder):
    """A bicycle of two wheels, a wheel of 32 spokes; who buys and sells them, and what became of it."""
    write(
        folder,
        files.UNIT_MEASURES,
        *(line(files.UNIT_MEASURES, UnitMeasureCode=code) for code in ("EA ", "DZ ", "CTN")),
    )
    product = {"id": "ProductID", "name": "Name", "number": "ProductNumber", "made": "MakeFlag"}
    things = [(1, "Bicycle", "BK-1", 1), (2, "Wheel", "WH-1", 1), (3, "Spoke", "SP-1", 0), (4, "Bell", "BE-1", 1)]
    write(
        folder,
        files.PRODUCTS,
        *(line(files.PRODUCTS, **dict(zip(product.values(), thing, strict=True))) for thing in things),
    )
    write(
        folder,
        files.BILLS,
        line(files.BILLS, BillOfMaterialsID=1, ComponentID=1),
        line(files.BILLS, BillOfMaterialsID=2, ProductAssemblyID=1, ComponentID=2, PerAssemblyQty="2.00"),
        line(files.BILLS, BillOfMaterialsID=3, ProductAssemblyID=2, ComponentID=3, PerAssemblyQty="32.00"),
    )
    write_trade(folder)
    write_history(folder)
    return Source(folder)


def write_trade(folder):
    write(
        folder,
        files.VENDORS,
        line(files.VENDORS, BusinessEntityID=10, AccountNumber="SPOKES0001", Name="Spokes and more"),
        line(files.VENDORS, BusinessEntityID=11, AccountNumber="CHEAP0001", Name="Cheap", PreferredVendorStatus=0),
    )
    write(
        folder,
        files.TERMS,
        line(files.TERMS, ProductID=3, BusinessEntityID=10, UnitMeasureCode="DZ ", StandardPrice="6.43"),
        line(files.TERMS, ProductID=3, BusinessEntityID=11, UnitMeasureCode="CTN", StandardPrice="1.00"),
    )
    write(
        folder,
        files.CUSTOMERS,
        line(files.CUSTOMERS, CustomerID=20, StoreID=30, AccountNumber="AW00000020"),
        line(files.CUSTOMERS, CustomerID=21, AccountNumber="AW00000021"),
    )
    write(
        folder, files.STORES, line(files.STORES, BusinessEntityID=30, Name="Next-Door Bike Store", Demographics="a\nb")
    )


def write_history(folder):
    write(
        folder,
        files.PURCHASES,
        line(files.PURCHASES, PurchaseOrderID=1, VendorID=10, Status=4),
        line(files.PURCHASES, PurchaseOrderID=2, VendorID=10, Status=2),
    )
    bought = {"ProductID": 3}
    write(
        folder,
        files.PURCHASE_LINES,
        line(
            files.PURCHASE_LINES,
            PurchaseOrderID=1,
            PurchaseOrderDetailID=1,
            OrderQty=10,
            ReceivedQty="8.00",
            RejectedQty="1.00",
            **bought,
        ),
        line(
            files.PURCHASE_LINES, PurchaseOrderID=2, PurchaseOrderDetailID=2, OrderQty=5, ReceivedQty="3.00", **bought
        ),
    )
    write(folder, files.SCRAP_REASONS, line(files.SCRAP_REASONS, ScrapReasonID=1, Name="Wheel misaligned"))
    write(
        folder,
        files.WORK_ORDERS,
        line(
            files.WORK_ORDERS,
            WorkOrderID=1,
            ProductID=2,
            OrderQty=8,
            StockedQty=6,
            ScrappedQty=2,
            ScrapReasonID=1,
        ),
        line(files.WORK_ORDERS, WorkOrderID=2, ProductID=4, OrderQty=1, StockedQty=1),
    )
    write(
        folder,
        files.INVENTORY,
        line(files.INVENTORY, ProductID=2, LocationID=1, Quantity=3),
        line(files.INVENTORY, ProductID=2, LocationID=7, Quantity=1),
        line(files.INVENTORY, ProductID=3, LocationID=1, Quantity=200),
    )
    write_sales(folder)


def write_sales(folder):
    write(
        folder,
        files.SALES,
        line(files.SALES, SalesOrderID=43659, CustomerID=20),
        line(files.SALES, SalesOrderID=43660, OrderDate="2013-08-03 00:00:00"),
    )
    write(
        folder,
        files.SALES_LINES,
        line(files.SALES_LINES, SalesOrderID=43659, SalesOrderDetailID=1, OrderQty=2, ProductID=1),
        line(files.SALES_LINES, SalesOrderID=43659, SalesOrderDetailID=2, OrderQty=4, ProductID=99),
        line(
            files.SALES_LINES,
            SalesOrderID=43660,
            SalesOrderDetailID=3,
            OrderQty=1,
            ProductID=2,
            UnitPriceDiscount="0.10",
        ),
    )
    sale = {"ReferenceOrderID": 43659, "ProductID": 1}
    write(
        folder,
        files.TRANSACTIONS,
        line(files.TRANSACTIONS, TransactionID=100, ReferenceOrderLineID=2, Quantity=5, **sale | {"ProductID": 2}),
        line(files.TRANSACTIONS, TransactionID=101, ReferenceOrderLineID=1, Quantity=2, **sale),
        line(files.TRANSACTIONS, TransactionID=102, ReferenceOrderLineID=0, Quantity=2, TransactionType="W", **sale),
    )
