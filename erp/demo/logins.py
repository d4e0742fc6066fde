"""The people of the demo company: one login per role, all with one password."""

PASSWORD = "pegboard-demo"
LOGINS = {
    "seller": "sales orders and what is promised to them",
    "planner": "links, production orders and everything late or short",
    "buyer": "suppliers and purchase orders",
    "foreman": "production orders on the floor",
    "warehouse": "receipts, issues and stock",
    "viewer": "looks, changes nothing",
    "admin": "users, settings and the register",
}
