"""Aurala Cycles, a small bicycle maker that does not exist: its register, its stock and a few weeks of orders.

``load`` tells the story, chapter by chapter, with the operations that people use; the other modules are its tables.
Dates are counted in work days from today, so the company is always in the middle of its work.
"""

from erp.demo.company.load import is_loaded, load

__all__ = ["is_loaded", "load"]
