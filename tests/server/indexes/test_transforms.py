"""The declarative transforms and splits: Lua and Python make the same of any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng.indexes import Lower, Reverse, ReverseBytes, Slice, Strip, Upper
from limpyd_ng.indexes.geo import Geohash
from limpyd_ng.indexes.parts import split
from limpyd_ng.indexes.transforms import Chain
from limpyd_ng.lua import assemble

bound = st.none() | st.integers(-6, 6)
transforms = st.one_of(
    st.sampled_from([Lower(), Upper(), Strip(), Reverse(), ReverseBytes()]),
    st.builds(Slice, bound, bound),
    st.builds(lambda start, stop: Chain(Slice(start, stop), Reverse(), Lower()), bound, bound),
)
texts = st.text(st.characters(codec="utf-8") | st.sampled_from(" \t\n\0aAbZé—。«³İß1"), max_size=12)
raws = st.binary(max_size=12) | texts.map(str.encode)
TRANSFORM = assemble("lib/text") + "\nreturn transform(ARGV[1], ARGV[2])"
SPLIT = assemble("lib/text") + "\nreturn split(ARGV[1], ARGV[2])"


@given(transform=transforms, text=texts)
def test_a_transform_is_the_same_in_lua_and_python(raw, transform, text):
    assert raw.eval(TRANSFORM, 0, transform.spec, text) == transform(text)


coordinates = (
    st.floats() | st.integers(-181, 181) | st.sampled_from(["", "1e2", "+5", "-", ".5", "1.", "0x1", " 1"])
)
places = st.builds("{},{}".format, coordinates, coordinates) | texts


@given(text=places)
def test_a_geohash_is_the_same_in_lua_and_python(raw, text):
    assert raw.eval(TRANSFORM, 0, "geohash", text) == Geohash()(text)


@given(raw_text=raws)
def test_reversed_bytes_are_the_same_for_any_bytes(raw, raw_text):
    text = raw_text.decode("utf-8", "surrogateescape")
    assert raw.eval(TRANSFORM, 0, "reverse-bytes", raw_text) == ReverseBytes()(text)
    assert ReverseBytes()(ReverseBytes()(text)) == text


@given(spec=st.sampled_from(["words", "grams:1", "grams:3"]), text=raws)
def test_a_text_is_split_alike_in_lua_and_python(raw, spec, text):
    found = [part.encode("utf-8", "surrogateescape") for part in raw.eval(SPLIT, 0, spec, text)]
    assert found == split(spec, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Red bike, red.", ["Red", "bike", "red"]),
        ("l’été—«déjà»", ["l", "été", "déjà"]),
        ("日本。東京", ["日本", "東京"]),
        ("a\0b a", ["a", "b"]),
        ("-- !", []),
        ("", []),
    ],
)
def test_words_are_split_at_blanks_and_punctuation(text, words):
    assert [word.decode() for word in split("words", text.encode())] == words
