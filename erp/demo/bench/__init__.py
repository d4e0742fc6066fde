"""The benchmarks: the product's work beside the limit of the same work, in one run, on a database of their own.

Each workload is a module with ``cases(size)``. A case has several sides: ``product`` is what a user of Pegboard gets,
``limit`` is the same result by the shortest way we know, the others are what else people do. A benchmark that
finds two results that differ stops: a figure for different work means nothing.
"""
