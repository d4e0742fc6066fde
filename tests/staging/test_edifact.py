"""EDIFACT files: the segments of an interchange, and one sentence with the segment's number for what is wrong."""

import pytest

from erp.staging.reading.edifact import is_edifact, read_edifact
from erp.staging.reading.files import Unreadable
from tests.staging.messages import interchange, order


def trouble_of(data):
    with pytest.raises(Unreadable) as refusal:
        read_edifact(data)
    return str(refusal.value)


def test_an_interchange_is_read_with_its_messages_and_the_numbers_of_segments():
    found = read_edifact(interchange(order("PO-1"), order("PO-2")))

    first, second = found.messages
    assert (first.type, second.type, found.syntax) == ("ORDERS", "ORDERS", "UNOC")
    assert [(row.number, row.tag) for row in first.segments[:3]] == [(3, "BGM"), (4, "DTM"), (5, "NAD")]
    assert second.segments[0].value(1) == "PO-2"


def test_other_signs_released_signs_and_line_ends_are_read():
    data = interchange(order("PO-1", more=["FTX+AAI+++It?'s 5 ?+ 3"]), join="\r\n", una="UNA:+.? '")
    other = data.replace(b"UNA:+.? '", b"UNA|*,? ~").replace(b"?'", b"\0").replace(b"'", b"~").replace(b"\0", b"'")
    other = other.replace(b"?+", b"\0").replace(b"+", b"*").replace(b"\0", b"+").replace(b":", b"|")

    texts = [
        [segment.value(3) for segment in read_edifact(each).messages[0].segments if segment.tag == "FTX"]
        for each in (data, other)
    ]

    assert texts == [["It's 5 + 3"], ["It's 5 + 3"]]


def test_spaces_stay_where_the_file_has_no_release_sign():
    data = interchange(order("PO-1", more=["FTX+AAI+++By train at 5?"]), una="UNA:+.  '")

    [message] = read_edifact(data).messages

    assert [segment.value(3) for segment in message.segments if segment.tag == "FTX"] == ["By train at 5?"]


@pytest.mark.parametrize(
    ("syntax", "text", "encoding"),
    [
        ("UNOA", "PLATE", "ascii"),
        ("UNOB", "Plate", "ascii"),
        ("UNOC", "Plåt", "latin-1"),
        ("UNOD", "płyta", "iso8859-2"),
        ("UNOE", "плита", "iso8859-5"),
        ("UNOF", "πλάκα", "iso8859-7"),
        ("UNOW", "板", "utf-8"),
        ("UNOY", "板", "utf-8"),
    ],
)
def test_each_character_set_is_read_as_it_says(syntax, text, encoding):
    data = interchange(order("PO-1", more=[f"FTX+AAI+++{text}"]), syntax=syntax, encoding=encoding)

    [message] = read_edifact(data).messages

    assert [segment.value(3) for segment in message.segments if segment.tag == "FTX"] == [text]


GOOD = interchange(order("PO-1"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(GOOD[:-1], "Segment 13: it does not end, or is not EDIFACT.", id="broken off"),
        pytest.param(GOOD[:-9], "Segment 12 (UNT): A file ends with UNZ; this one breaks off.", id="broken off before"),
        pytest.param(
            GOOD[: GOOD.index(b"UNZ")], "Segment 12 (UNT): A file ends with UNZ; this one breaks off.", id="no UNZ"
        ),
        pytest.param(
            GOOD.replace(b"UNOC", b"UNOX"),
            "Segment 1 (UNB): the character set UNOX is not taken; "
            "UNOA, UNOB, UNOC, UNOD, UNOE, UNOF, UNOG, UNOH, UNOK, UNOW, UNOY are.",
            id="character set",
        ),
        pytest.param(
            GOOD.replace(b"UNOC", b"UNOA").replace(b"PO-1", "PÖ".encode("latin-1")),
            "Segment 3: it has a character that UNOA does not have.",
            id="character",
        ),
        pytest.param(
            GOOD.replace(b"UNT+11", b"UNT+12"), "Segment 12 (UNT): It says 12 segments, and 11 are there.", id="count"
        ),
        pytest.param(
            GOOD.replace(b"UNZ+1", b"UNZ+2"), "Segment 13 (UNZ): It says 2 messages, and 1 are there.", id="messages"
        ),
        pytest.param(
            GOOD.replace(b"UNZ+1+R1", b"UNZ+1+R2"),
            "Segment 13 (UNZ): Its reference is R2, that of UNB is R1.",
            id="reference",
        ),
        pytest.param(
            GOOD.replace(b"UNT+11+1'", b""), "Segment 2 (UNH): This message does not end with UNT.", id="no UNT"
        ),
        pytest.param(GOOD.replace(b"UNH+1", b"UNG+1"), "Segment 2 (UNG): Groups of messages are not taken", id="UNG"),
        pytest.param(
            GOOD.replace(b"QTY+", b"Q+"),
            "Segment 8: it begins with “Q” and not with a tag such as LIN.",
            id="tag",
        ),
        pytest.param(b"UNA:::::'" + GOOD, "UNA: the six signs are not those of an EDIFACT file.", id="UNA"),
        pytest.param(b"UNB+UNOC+", "Segment 1: it does not end, or is not EDIFACT.", id="no segment"),
        pytest.param(
            GOOD + GOOD,
            "Segment 13 (UNZ): The interchange ends before the file does; send each as a file of its own.",
            id="two interchanges",
        ),
        pytest.param(
            GOOD.replace(b"UNT+11", b"UNT+eleven"),
            "Segment 12 (UNT): It says eleven segments, and 11 are there.",
            id="a count in words",
        ),
        *(
            pytest.param(
                GOOD.replace(b"DTM+137", b"DTM" + sign * 2_000_000 + b"137"),
                "Segment 4: it has more than 5,000 characters.",
                id=f"millions of {sign.decode()}",
            )
            for sign in (b"+", b":", b"?", b"A")
        ),
        pytest.param(GOOD + b"UNZ+", "Segment 14: it does not end, or is not EDIFACT.", id="a rest"),
        pytest.param(GOOD.replace(b"PO-1", b"PO\0"), "This is not a text file.", id="binary"),
        pytest.param(b"UNB+", "Segment 1 (UNB): it does not say its character set, such as UNOC.", id="nothing"),
    ],
)
def test_what_is_wrong_is_said_with_the_number_of_the_segment(data, sentence):
    assert trouble_of(data).startswith(sentence)


def test_a_table_is_no_interchange():
    assert [is_edifact(data) for data in (b"Customer;Part", b"PK\x03\x04", GOOD, b"\r\nUNA:+.? 'UNB")] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + GOOD, id="a mark of the order of bytes"),
        pytest.param(b"\r\n" + GOOD + b"\r\n", id="empty lines around it"),
        pytest.param(b"UNA:+.? '\r\n" + GOOD, id="a line after UNA"),
        pytest.param(b"UNA:+.? \n" + GOOD.replace(b"'", b"\n"), id="a segment is a line"),
        pytest.param(b"\r\n".join(GOOD[at : at + 80] for at in range(0, len(GOOD), 80)), id="lines of eighty"),
        pytest.param(GOOD.replace(b"UNT+11", b"UNT+000011").replace(b"UNZ+1", b"UNZ+01"), id="counts with zeros"),
        pytest.param(GOOD.replace(b"UNOC:3", b"UNOC:4"), id="syntax version 4"),
    ],
)
def test_ways_in_which_systems_write_the_same_file(data):
    assert is_edifact(data)
    assert [len(message.segments) for message in read_edifact(data).messages] == [9]
