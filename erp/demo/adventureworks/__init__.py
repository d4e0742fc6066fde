"""Loads Microsoft's AdventureWorks: the books of a bicycle maker, with everything but the order links.

``reading`` and ``files`` know the format, one module per group of tables knows what its lines mean here, ``loading``
has their order. Each table is one operation: read and checked whole, then written in one transaction.
"""
