"""Text files: encodings, what is refused, which format the content has, doubtful characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.reading import DocumentRefusedError, decoding, doubtful, formats

URDU = "کوئٹہ میں دھماکے سے تین افراد ہلاک اور دو زخمی ہو گئے"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_a_mark_or_valid_utf8_needs_no_notice(encoding):
    text = f"Three killed – {URDU}\r\nTwo hurt\n"
    assert decoding.decode(text.encode(encoding)).text == text
    assert decoding.decode(text.encode(encoding)).notices == ()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs", "Cc"]), min_size=1))
def test_text_in_utf8_comes_back_as_it_was(text):
    read = decoding.decode(text.encode("utf-8")).text
    assert read == text.removeprefix("\ufeff")


def test_utf16_without_a_mark_is_recognised_with_a_notice():
    for encoding in ("utf-16-le", "utf-16-be"):
        decoded = decoding.decode("Ten soldiers were killed.".encode(encoding))
        assert decoded.text == "Ten soldiers were killed."
        assert "no mark" in decoded.notices[0]


def test_windows_1252_is_a_guess_with_a_sample():
    decoded = decoding.decode("Pakistan’s army – “10 killed” – said café owner".encode("cp1252"))
    assert decoded.text == "Pakistan’s army – “10 killed” – said café owner"
    assert decoded.encoding == "cp1252"
    assert "guess" in decoded.notices[0]
    assert "Pakistan’s" in decoded.notices[0]


def test_windows_1256_is_guessed_for_arabic_letters():
    arabic = "قتل ثلاثة جنود في انفجار قنبلة قرب مدينة كويتا يوم الجمعة وقال مسؤولون إن اثنين اصيبا"
    assert decoding.decode(arabic.encode("cp1256")).text == arabic


def test_a_declared_encoding_is_believed_where_the_bytes_are_not_utf8():
    text = "Взрыв в Кветте"
    assert decoding.decode(text.encode("koi8-r"), "KOI8-R").text == text
    assert decoding.decode(URDU.encode(), "windows-1252").text == URDU
    assert decoding.decode("café".encode("cp1252"), "unicode_escape").text == "café"


def test_one_broken_byte_does_not_garble_the_rest():
    data = f"{URDU} ".encode() + b"\xff" + b" 3 killed"
    decoded = decoding.decode(data)
    assert decoded.text == f"{URDU} \ufffd 3 killed"
    assert f"byte {len(URDU.encode()) + 1}" in decoded.notices[0]


@pytest.mark.parametrize("at", [0, 3, 24])
def test_nul_is_refused_with_its_position(at):
    data = bytearray(b"Ten killed.\nTwo injured..")
    data[at] = 0
    with pytest.raises(DocumentRefusedError, match=f"NUL at position {at} "):
        decoding.decode(bytes(data))


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(DocumentRefusedError, match="unknown kind"):
        decoding.decode(bytes(range(1, 32)) * 20)


@pytest.mark.parametrize(
    ("head", "name", "found"),
    [
        (b"Three killed in Quetta", "a.txt", "plain"),
        (b"%PDF-1.7\n", "a.txt", "pdf"),
        (b"<!DOCTYPE html><html><p>x", "a.txt", "html"),
        (b"\xef\xbb\xbf <!-- saved --> <HTML lang=en>", None, "html"),
        ("<html><p>x".encode("utf-16"), None, "html"),
        (b"<p>Three killed</p>", None, "html"),
        (b"Quetta<br>Three killed<br>", "a.html", "html"),
        (b"Three killed < four hurt", "a.html", "plain"),
        (b"<3 killed", None, "plain"),
        (b"Received: x\nFrom: a@b\nSubject: s\n\nText", None, "eml"),
        (b"From: a@b\nSubject: s\n\nText", "a.eml", "eml"),
        (b"Date: 31 January 2026\nSubject: Statement\n\nFour soldiers", None, "plain"),
    ],
)
def test_the_content_decides_the_format(head, name, found):
    assert formats.format_of(head, file_name=name) == found


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"\x1f\x8b\x08", "Unpack it"),
        (b"PK\x05\x06" + bytes(18), "empty zip"),
        (b"PK\x03\x04broken", "damaged zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"{\\rtf1 x}", "Rich Text"),
        (b'<?xml version="1.0"?><rss>', "XML"),
    ],
)
def test_other_formats_are_refused_by_their_names(head, kind):
    with pytest.raises(DocumentRefusedError, match=kind):
        formats.format_of(head, file_name="report.txt")


def test_plain_text_has_nothing_doubtful():
    assert doubtful.notices(f"At least “10” members — Pakistan’s café\n{URDU}\nمی‌شود 3\u200f") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Que\u200btta", "U+200B ZERO WIDTH SPACE in line 1 at character 3"),
        ("one\ntwo\u2060 killed", "in line 2 at character 7"),
        ("10\u202e03 killed", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("Qu\u0435tta", "CYRILLIC SMALL LETTER IE"),
        ("４０ killed", "FULLWIDTH DIGIT FOUR"),
        ("a\x07b", "control character"),
        ("Pakistanâ€™s army", "'â€™' was '’'"),
        ("caf\ufffd", "lost"),
    ],
)
def test_doubtful_characters_are_named_with_their_place(text, said):
    assert any(said in notice for notice in doubtful.notices(text))


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=60))
def test_looking_for_garbled_text_never_fails(text):
    assert all(isinstance(notice, str) for notice in doubtful.notices(text))
