"""The pages of sales: orders, their rows, and the actions on both."""
