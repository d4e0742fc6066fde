"""From the bytes of a file to its lines: text, numbers and dates as they stand there, nothing looked up.

``files``: what kind of file it is, its limits. ``delimited``: CSV. ``sheets``: XLSX.
``edifact``: messages. ``values``: what a text means.
"""
