"""EDIFACT files: from bytes to the segments of their messages, each with its number in the file; nothing looked up.

What is wrong with the interchange itself is said with the number of the segment. UNA is not counted, as in its UNT.
"""

import codecs
import re
from dataclasses import dataclass

from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser, TokenIterator
from pydifact.tokenizer import Tokenizer

from erp.staging.reading.files import MOST_LINES, Unreadable, short

ENCODINGS = {"UNOA": "ascii", "UNOB": "ascii", "UNOC": "latin-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5"}
ENCODINGS |= {"UNOF": "iso8859-7", "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOK": "iso8859-9"}
ENCODINGS |= {"UNOW": "utf-8", "UNOY": "utf-8"}
SYNTAX = re.compile(rb"UNB[^A-Z](UNO[A-Z])")
TAG = re.compile("[A-Z]{3}")
MOST_SEGMENTS = 12 * MOST_LINES
LONGEST_SEGMENT = 5_000  # a real one has some hundred characters; a hostile one millions of signs


@dataclass(frozen=True)
class Segment:
    """One segment: its number in the file, its tag, its elements; a composite element is a list."""

    number: int
    tag: str
    elements: list

    def __str__(self):
        return f"Segment {self.number} ({self.tag})"

    def value(self, element, component=0):
        """What stands in an element, or in a component of it; empty where nothing does."""
        found = self.elements[element] if element < len(self.elements) else ""
        parts = found if isinstance(found, list) else [found]
        return parts[component].strip() if component < len(parts) else ""

    def wrong(self, sentence):
        return Unreadable(f"{self}: {sentence}")


@dataclass(frozen=True)
class Message:
    """What stands between UNH and UNT."""

    header: Segment
    segments: list

    @property
    def type(self):
        return self.header.value(1)


@dataclass(frozen=True)
class Interchange:
    """The messages of a file, who sent them, and their character set."""

    header: Segment
    messages: list
    syntax: str

    @property
    def is_test(self):
        return self.header.value(10) == "1"


def is_edifact(data):
    return _bare(data)[:3] in (b"UNA", b"UNB")


def _bare(data):
    """Without what editors and mail programs put in front of a text."""
    return data.removeprefix(codecs.BOM_UTF8).lstrip()


def read_edifact(data):
    """The Interchange in the bytes of a file."""
    text, syntax = _decode(_bare(data))
    segments = list(_segments(text))
    header, trailer = segments[0], segments[-1]
    if header.tag != "UNB":
        raise header.wrong("A file begins with UNB.")
    if trailer.tag != "UNZ":
        raise trailer.wrong("A file ends with UNZ; this one breaks off.")
    if second := next((segment for segment in segments[1:-1] if segment.tag in ("UNA", "UNB", "UNZ")), None):
        raise second.wrong("The interchange ends before the file does; send each as a file of its own.")
    messages = list(_messages(segments[1:-1]))
    if not _says(trailer, len(messages)):
        raise trailer.wrong(f"It says {trailer.value(0) or 'nothing'} messages, and {len(messages)} are there.")
    if trailer.value(1) != header.value(4):
        raise trailer.wrong(f"Its reference is {short(trailer.value(1))}, that of UNB is {short(header.value(4))}.")
    return Interchange(header=header, messages=messages, syntax=syntax)


def _says(segment, count):
    """Whether the first figure of a trailer is the count; some write it with zeros in front."""
    said = segment.value(0)
    return said.isascii() and said.isdigit() and len(said) <= 10 and int(said) == count


def _decode(data):
    if b"\0" in data:
        raise Unreadable("This is not a text file.")
    found = SYNTAX.search(data[:40])
    if not found:
        raise Unreadable("Segment 1 (UNB): it does not say its character set, such as UNOC.")
    syntax = found[1].decode("ascii")
    if syntax not in ENCODINGS:
        raise Unreadable(f"Segment 1 (UNB): the character set {syntax} is not taken; {', '.join(ENCODINGS)} are.")
    try:
        return data.decode(ENCODINGS[syntax]), syntax
    except UnicodeDecodeError as error:
        terminator = data[8:9] if data.startswith(b"UNA") else b"'"
        number = data[: error.start].count(terminator) + (0 if data.startswith(b"UNA") else 1)
        raise Unreadable(f"Segment {number}: it has a character that {syntax} does not have.") from error


def _segments(text):
    characters = Characters()
    if text.startswith("UNA"):
        characters, text = _advice(text[3:9]), text[9:].lstrip()
    end = characters.segment_terminator
    text = text if end.isspace() else text.rstrip()
    _check_lengths(text, end)
    tokens, number = TokenIterator(Tokenizer().get_tokens(text, characters)), 0
    parser = Parser(characters=characters)
    while True:
        try:
            raw = next(parser.convert_tokens_to_raw_segments(tokens), None)
        except EDISyntaxError as error:
            raise Unreadable(f"Segment {number + 1}: it does not end, or is not EDIFACT.") from error
        if raw is None and text.endswith(end) and number:
            return
        if raw is None:
            raise Unreadable(f"Segment {number + 1}: it does not end, or is not EDIFACT.")
        number += 1
        if not isinstance(raw[0], str) or not TAG.fullmatch(raw[0]):
            raise Unreadable(f"Segment {number}: it begins with “{short(raw[0])}” and not with a tag such as LIN.")
        if number > MOST_SEGMENTS:
            raise Unreadable(f"The file has more than {MOST_SEGMENTS:,} segments. Divide it.")
        yield Segment(number, raw[0], raw[1:])


def _check_lengths(text, end):
    """Cheaply, before each sign is looked at one by one."""
    for number, segment in enumerate(text.split(end), start=1):
        if len(segment) > LONGEST_SEGMENT:
            raise Unreadable(f"Segment {number}: it has more than {LONGEST_SEGMENT:,} characters.")


def _advice(signs):
    """The signs that a file uses, as its UNA says them."""
    component, element, _decimal, release, _reserved, terminator = (*signs, *" " * 6)[:6]
    used = [component, element, terminator, *([release] if release != " " else [])]
    if len(signs) < 6 or len(set(used)) < len(used) or any(sign.isalnum() for sign in used):
        raise Unreadable("UNA: the six signs are not those of an EDIFACT file.")
    found = Characters.from_str("".join(signs))
    if release == " ":
        found.escape_character = ""  # a blank one says that nothing is released, not that spaces go
    return found


def _messages(segments):
    """The messages between UNB and UNZ; each says how many segments it has."""
    header, inside = None, []
    for segment in segments:
        if segment.tag in ("UNG", "UNE"):
            raise segment.wrong("Groups of messages are not taken; send the messages without them.")
        if header is None:
            if segment.tag != "UNH":
                raise segment.wrong("A message begins with UNH.")
            header, inside = segment, []
        elif segment.tag == "UNT":
            yield _closed(header, inside, segment)
            header = None
        elif segment.tag == "UNH":
            raise segment.wrong(f"The message that began in segment {header.number} does not end with UNT.")
        else:
            inside.append(segment)
    if header is not None:
        raise header.wrong("This message does not end with UNT.")


def _closed(header, inside, trailer):
    if not _says(trailer, len(inside) + 2):
        raise trailer.wrong(f"It says {trailer.value(0) or 'nothing'} segments, and {len(inside) + 2} are there.")
    if trailer.value(1) != header.value(0):
        raise trailer.wrong(f"Its reference is {short(trailer.value(1))}, that of UNH is {short(header.value(0))}.")
    return Message(header=header, segments=inside)
