"""An uploaded file, whatever it is called: read whole, or refused with one sentence."""

import re
import unicodedata
from dataclasses import replace

from erp.staging import checking
from erp.staging.reading.delimited import read_csv
from erp.staging.reading.files import check_size, digest_of, kind_of
from erp.staging.reading.sheets import read_xlsx

LONGEST_NAME = 200


def read(data, *, kind, encoding="", separator=""):
    """The table in the bytes of a file, with the columns that the kind must have."""
    check_size(len(data))
    is_sheet = kind_of(data) == "xlsx"
    file = read_xlsx(data) if is_sheet else read_csv(data, encoding=encoding, separator=separator)
    checking.columns_of(kind, file.header)
    return replace(file, digest=digest_of(data))


def plain_file_name(name):
    """The last part of a path, without what cannot be printed."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", str(name))[-1])
    return "".join(letter for letter in name if letter.isprintable())[-LONGEST_NAME:] or "file"
