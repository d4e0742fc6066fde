"""The columns of each file, as AdventureWorks publishes them, and what is read of them."""

from erp.demo.adventureworks.reading import (
    Layout,
    above_zero,
    amount,
    day,
    flag,
    optional,
    positive,
    share,
    whole,
    words,
)

UNIT_MEASURES = Layout(
    "UnitMeasure",
    "UnitMeasureCode Name ModifiedDate",
    unique=["code"],
    code=("UnitMeasureCode", words(10)),
    name=("Name", words(60)),
)
PRODUCTS = Layout(
    "Product",
    "ProductID Name ProductNumber MakeFlag FinishedGoodsFlag Color SafetyStockLevel ReorderPoint StandardCost ListPrice"
    " Size SizeUnitMeasureCode WeightUnitMeasureCode Weight DaysToManufacture ProductLine Class Style"
    " ProductSubcategoryID ProductModelID SellStartDate SellEndDate DiscontinuedDate rowguid ModifiedDate",
    unique=["id", "number"],
    id=("ProductID", above_zero),
    name=("Name", words(120)),
    number=("ProductNumber", words(40)),
    is_made=("MakeFlag", flag),
    minimum_stock=("SafetyStockLevel", whole),
    cost=("StandardCost", amount),
    weight_unit=("WeightUnitMeasureCode", optional(words(10))),
    weight=("Weight", optional(amount)),
    lead_time=("DaysToManufacture", whole),
    discontinued_on=("DiscontinuedDate", optional(day)),
)
BILLS = Layout(
    "BillOfMaterials",
    "BillOfMaterialsID ProductAssemblyID ComponentID StartDate EndDate UnitMeasureCode BOMLevel PerAssemblyQty"
    " ModifiedDate",
    unique=["id"],
    id=("BillOfMaterialsID", above_zero),
    assembly=("ProductAssemblyID", optional(above_zero)),
    component=("ComponentID", above_zero),
    valid_from=("StartDate", day),
    valid_to=("EndDate", optional(day)),
    unit=("UnitMeasureCode", words(10)),
    quantity=("PerAssemblyQty", positive),
)
VENDORS = Layout(
    "Vendor",
    "BusinessEntityID AccountNumber Name CreditRating PreferredVendorStatus ActiveFlag PurchasingWebServiceURL"
    " ModifiedDate",
    unique=["id", "number"],
    id=("BusinessEntityID", above_zero),
    number=("AccountNumber", words(20)),
    name=("Name", words(120)),
    is_preferred=("PreferredVendorStatus", flag),
    is_active=("ActiveFlag", flag),
)
TERMS = Layout(
    "ProductVendor",
    "ProductID BusinessEntityID AverageLeadTime StandardPrice LastReceiptCost LastReceiptDate MinOrderQty MaxOrderQty"
    " OnOrderQty UnitMeasureCode ModifiedDate",
    product=("ProductID", above_zero),
    vendor=("BusinessEntityID", above_zero),
    lead_time=("AverageLeadTime", whole),
    price=("StandardPrice", amount),
    minimum=("MinOrderQty", whole),
    unit=("UnitMeasureCode", words(10)),
)
INVENTORY = Layout(
    "ProductInventory",
    "ProductID LocationID Shelf Bin Quantity rowguid ModifiedDate",
    product=("ProductID", above_zero),
    quantity=("Quantity", whole),
)
CUSTOMERS = Layout(
    "Customer",
    "CustomerID PersonID StoreID TerritoryID AccountNumber rowguid ModifiedDate",
    unique=["id", "number"],
    id=("CustomerID", above_zero),
    store=("StoreID", optional(above_zero)),
    number=("AccountNumber", words(20)),
)
STORES = Layout(
    "Store",
    "BusinessEntityID Name SalesPersonID Demographics rowguid ModifiedDate",
    unique=["id"],
    encoding="utf-16",
    between="+|",
    ending="&|\n",
    id=("BusinessEntityID", above_zero),
    name=("Name", words(120)),
)
PURCHASES = Layout(
    "PurchaseOrderHeader",
    "PurchaseOrderID RevisionNumber Status EmployeeID VendorID ShipMethodID OrderDate ShipDate SubTotal TaxAmt Freight"
    " TotalDue ModifiedDate",
    unique=["id"],
    id=("PurchaseOrderID", above_zero),
    status=("Status", whole),
    vendor=("VendorID", above_zero),
    ordered_on=("OrderDate", day),
)
PURCHASE_LINES = Layout(
    "PurchaseOrderDetail",
    "PurchaseOrderID PurchaseOrderDetailID DueDate OrderQty ProductID UnitPrice LineTotal ReceivedQty RejectedQty"
    " StockedQty ModifiedDate",
    unique=["id"],
    order=("PurchaseOrderID", above_zero),
    id=("PurchaseOrderDetailID", above_zero),
    due_on=("DueDate", day),
    quantity=("OrderQty", above_zero),
    product=("ProductID", above_zero),
    price=("UnitPrice", amount),
    received=("ReceivedQty", amount),
    rejected=("RejectedQty", amount),
)
SCRAP_REASONS = Layout(
    "ScrapReason",
    "ScrapReasonID Name ModifiedDate",
    unique=["id"],
    id=("ScrapReasonID", above_zero),
    name=("Name", words(200)),
)
WORK_ORDERS = Layout(
    "WorkOrder",
    "WorkOrderID ProductID OrderQty StockedQty ScrappedQty StartDate EndDate DueDate ScrapReasonID ModifiedDate",
    unique=["id"],
    id=("WorkOrderID", above_zero),
    product=("ProductID", above_zero),
    quantity=("OrderQty", above_zero),
    stocked=("StockedQty", whole),
    scrapped=("ScrappedQty", whole),
    started_on=("StartDate", day),
    finished_on=("EndDate", optional(day)),
    due_on=("DueDate", day),
    scrap_reason=("ScrapReasonID", optional(above_zero)),
)
SALES = Layout(
    "SalesOrderHeader_reseller SalesOrderHeader",
    "SalesOrderID RevisionNumber OrderDate DueDate ShipDate Status OnlineOrderFlag SalesOrderNumber"
    " PurchaseOrderNumber AccountNumber CustomerID SalesPersonID TerritoryID BillToAddressID ShipToAddressID"
    " ShipMethodID CreditCardID CreditCardApprovalCode CurrencyRateID SubTotal TaxAmt Freight TotalDue Comment rowguid"
    " ModifiedDate",
    unique=["id"],
    id=("SalesOrderID", above_zero),
    ordered_on=("OrderDate", day),
    due_on=("DueDate", day),
    customer=("CustomerID", optional(above_zero)),
)
SALES_LINES = Layout(
    "SalesOrderDetail_reseller SalesOrderDetail",
    "SalesOrderID SalesOrderDetailID CarrierTrackingNumber OrderQty ProductID SpecialOfferID UnitPrice"
    " UnitPriceDiscount LineTotal rowguid ModifiedDate",
    unique=["id"],
    order=("SalesOrderID", above_zero),
    id=("SalesOrderDetailID", above_zero),
    quantity=("OrderQty", above_zero),
    product=("ProductID", above_zero),
    price=("UnitPrice", amount),
    discount=("UnitPriceDiscount", share),
)
TRANSACTIONS = Layout(
    "TransactionHistory TransactionHistory_first65535",
    "TransactionID ProductID ReferenceOrderID ReferenceOrderLineID TransactionDate TransactionType Quantity ActualCost"
    " ModifiedDate",
    unique=["id"],
    id=("TransactionID", above_zero),
    product=("ProductID", above_zero),
    order=("ReferenceOrderID", above_zero),
    order_line=("ReferenceOrderLineID", whole),
    ordered_on=("TransactionDate", day),
    kind=("TransactionType", words(1)),
    quantity=("Quantity", above_zero),
    price=("ActualCost", amount),
)
