"""An uploaded file, whatever it is called: read whole, or refused with one sentence."""

import re
import unicodedata
from dataclasses import replace

from erp.staging import checking
from erp.staging.reading.delimited import read_csv
from erp.staging.reading.edifact import is_edifact, read_edifact
from erp.staging.reading.files import ReadFile, Unreadable, check_size, digest_of, kind_of
from erp.staging.reading.sheets import read_xlsx

LONGEST_NAME = 200


def read(data, *, kind, encoding="", separator=""):
    """The table in the bytes of a file, with the columns that the kind must have."""
    check_size(len(data))
    if is_edifact(data):
        file = _messages(data, kind)
    elif kind_of(data) == "xlsx":
        file = read_xlsx(data)
    else:
        file = read_csv(data, encoding=encoding, separator=separator)
    checking.columns_of(kind, file.header)
    return replace(file, digest=digest_of(data))


def _messages(data, kind):
    """The table that the messages of an EDIFACT file are to a kind."""
    if kind.table_of is None:
        raise Unreadable(f"{kind.title} are not taken as EDIFACT; CSV and XLSX are.")
    interchange = read_edifact(data)
    header, lines, not_read = kind.table_of(interchange)
    count = len(interchange.messages)
    how = f"EDIFACT, {interchange.syntax}, {count} message{'' if count == 1 else 's'}{not_read}"
    return ReadFile(header=header, lines=lines, how=how, texts_only=False)


def plain_file_name(name):
    """The last part of a path, without what cannot be printed."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", str(name))[-1])
    return "".join(letter for letter in name if letter.isprintable())[-LONGEST_NAME:] or "file"
