"""Files of customers' orders. ``columns``: what a line may say. ``known``: what it means. ``orders``: the kind."""
