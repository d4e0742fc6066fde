"""The pages of linkage, one module for each group of pages."""
