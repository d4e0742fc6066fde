"""Files of customers' orders.

``columns``: what a line may say. ``edifact``: ORDERS as such lines. ``known``: what it means. ``orders``: the kind.
"""
