"""How often Python looks for garbage in cycles. The default, every 700 new objects, is made for small programs."""

import gc

NEW_OBJECTS = 50_000


def collect_rarely():
    """For a process that has loaded what it runs: what is loaded stays and is never looked at again.

    A page or a command makes tens of thousands of rows and hardly a cycle; looking through all of them, and through
    all of Django, took a quarter of its processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
