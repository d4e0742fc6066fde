"""What may stand in a formatted text, and what it says in plain words and line by line."""

import pytest

from sales.formatting import blocks_of, cleaned, for_editor, images_in, is_plain, plain_of, with_words


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ("<p style='color:red'>a</p><style>p{}</style>", "<p>a</p>"),
        ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='https://x.example/?a=1&amp;b'>a</a>", '<a href="https://x.example/?a=1&amp;b">a</a>'),
        ("<a href='/sales/1/cancel/'>a</a>", "<a>a</a>"),
        ("<img src='https://x.example/pixel.png'>a", "a"),
        ("<img src='data:image/svg+xml;base64,AAAA'>a", "a"),
        ("<img src=x onerror=alert(1)>a", "a"),
        ('<img src="/sales/text-images/12/" alt="Drawing">', '<img src="image:12" alt="Drawing">'),
        ('<img src="http://erp.example/sales/text-images/12/">', '<img src="image:12">'),
        ("<table><tr><td>a</td></tr></table><svg><a xlink:href='x'>b</a></svg>", "a"),
        ("<p><b>a</p>", "<p><b>a</b></p>"),
    ],
)
def test_cleaned_keeps_words_and_takes_out_what_may_not_stand_there(html, kept):
    assert cleaned(html) == kept


def test_cleaned_text_stays_as_it_is():
    html = '<p>a <b>b</b></p><ul><li><a href="https://x.example">c</a></li></ul><img src="image:3" alt="d">'

    assert cleaned(html) == html
    assert cleaned(for_editor(html)) == html
    assert images_in(html) == {3}


def test_plain_words_are_a_line_for_each_paragraph_and_point():
    html = "<p>Mount<br>it &amp; test</p><ol><li>One</li><li><b>T</b>wo</li></ol><ul><li>x</li></ul>"

    assert plain_of(html + '<img src="image:1" alt="Plan">') == "Mount\nit & test\n1. One\n2. Two\n• x\n[Plan]"


def test_blocks_say_how_words_are_printed():
    html = '<p>a <b><i>b</i></b></p><ul><li><a href="https://x.example">c</a></li></ul><img src="image:3" alt="d">'

    assert blocks_of(html) == [
        {"kind": "p", "runs": [{"text": "a "}, {"text": "b", "bold": True, "italic": True}]},
        {"kind": "bullet", "runs": [{"text": "c", "url": "https://x.example"}]},
        {"kind": "image", "image": 3, "alt": "d"},
    ]


@pytest.mark.parametrize(
    ("html", "plain"),
    [("<p>a</p><p>b<br>c</p>", True), ("<p><b>a</b></p>", False), ("<ul><li>a</li></ul>", False), ("", True)],
)
def test_text_without_any_format_is_plain(html, plain):
    assert is_plain(html) == plain


def test_words_are_replaced_between_tags_only():
    html = '<p>bold &amp; <b>b</b></p><a href="https://b.example">b</a>'

    assert with_words(html, lambda words: words.replace("b", "<x>")) == (
        '<p>&lt;x&gt;old &amp; <b>&lt;x&gt;</b></p><a href="https://b.example">&lt;x&gt;</a>'
    )


def test_words_are_emptied_within_a_thousand_marks():
    html = f"<p>a</p>{'<b>' * 1000}b{'</b>' * 1000}"

    assert with_words(html, lambda words: words.replace("b", "")) == "<p>a</p>"
