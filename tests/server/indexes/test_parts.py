"""Indexes of parts of texts: words, any part, the end; and of texts without case."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, UniquenessError, WrongTypeError
from limpyd_ng.indexes import (
    CaseInsensitiveIndex,
    ContainsIndex,
    EndsWithIndex,
    EqualIndex,
    Lower,
    Strip,
    TextRangeIndex,
    WordsIndex,
)
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent, snapshot

EVERY = [WordsIndex, ContainsIndex, EndsWithIndex, CaseInsensitiveIndex]


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def Bike(database):
    class Bike(RedisModel):
        name = fields.StringField(indexes=EVERY)
        notes = fields.ListField(indexes=EVERY)
        facts = fields.HashField(indexes=EVERY)

    Bike.use_database(database)
    yield Bike
    assert_indexes_right(Bike)
    assert_consistent(Bike, database.connection)


def test_match_wants_every_word_and_the_start_of_the_last(Bike):
    names = ["Red bike", "Bike, reddish", "red", "blue bikes", "a\0red\0bike"]
    for name in names:
        Bike(name=name)

    def found(text):
        with count_requests() as sent:
            result = {names[int(pk) - 1] for pk in Bike.collection(name__match=text)}
        assert sent.count <= 1
        return result

    assert found("red bike") == {"Red bike", "a\0red\0bike"}
    assert found("BIKE red") == {"Red bike", "Bike, reddish", "a\0red\0bike"}
    assert found("bi") == set(names) - {"red"}
    assert found("ike") == set()
    assert found("bike red!") == found("bike red")
    assert found("") == found("?!") == set()


def test_match_in_a_field_of_many_values_wants_all_words_in_one_of_them(Bike):
    both, apart = Bike(notes=["red bike", "x"]), Bike(notes=["red", "bike"])
    assert Bike.collection(notes__match="bike red") == {both.pk.get()}
    assert Bike.collection(notes__match="bike") == {both.pk.get(), apart.pk.get()}


def test_contains_is_exact_though_all_runs_of_the_part_are_there(Bike):
    names = ["redd b", "red b", "b red", "red  b", "xxred bxx"]
    for name in names:
        Bike(name=name)
    for part in ["red b", "red", "ed", "", "d b", " ", "xred b", "red bx", "RED", "zz"]:
        found = {names[int(pk) - 1] for pk in Bike.collection(name__contains=part)}
        assert found == {name for name in names if part in name}, part


@pytest.mark.parametrize("part", ["\0", "é", "\0é\0", "😀", "日本語の", "a*[", "{x}:", "é" * 3000])
def test_any_part_of_any_value_is_found(Bike, part):
    value = f"start {part}{part} end{part}"
    bike = Bike(name=value, notes=[value, "other"], facts={"k": value})
    Bike(name="start end")
    for name in ("name", "notes", "facts__k"):
        assert Bike.collection(**{f"{name}__contains": part}) == [bike.pk.get()]
        assert Bike.collection(**{f"{name}__contains": f"{part} end"}) == [bike.pk.get()]
        assert Bike.collection(**{f"{name}__endswith": part}) == [bike.pk.get()]
        assert Bike.collection(**{f"{name}__endswith": f"d{part}"}) == [bike.pk.get()]
        assert Bike.collection(**{f"{name}__endswith": f"x{part}"}) == []
        assert Bike.collection(**{name: value.upper()}) == [bike.pk.get()]


def test_bytes_that_are_no_text_are_found_too(Bike, raw):
    bike = Bike(name="x")
    bike.name.set(b"\xff\x80\xe9abc\x80")
    for part in (b"\x80\xe9a", b"\x80", b"\xff", b"c\x80"):
        assert Bike.collection(name__contains=part) == [bike.pk.get()]
    assert Bike.collection(name__endswith=b"\x80") == [bike.pk.get()]
    assert Bike.collection(name__endswith=b"bc") == []


def test_an_empty_value_contains_and_ends_with_the_empty_text(Bike):
    bike = Bike(name="")
    Bike(notes=["x"])
    assert Bike.collection(name__contains="") == [bike.pk.get()]
    assert Bike.collection(name__endswith="") == [bike.pk.get()]
    assert Bike.collection(name__match="") == []
    assert Bike.collection(name="") == [bike.pk.get()]


def test_every_write_of_every_kind_is_one_request(database, raw):
    class Text(RedisModel):
        value = fields.StringField(indexes=[WordsIndex, ContainsIndex, EndsWithIndex])

    Text.use_database(database)
    Text(value="warm").value.append("up")
    with count_requests() as sent:
        text = Text(value="Red bike")
    assert sent.count == 1
    for write in (
        lambda: text.value.append(" and bell"),
        lambda: text.value.setrange(0, "B"),
        lambda: text.value.getset("green bike"),
        lambda: text.update(value="blue bike"),
        text.delete,
    ):
        with count_requests() as sent:
            write()
        assert sent.count == 1
        assert_consistent(Text, raw)


def test_they_work_in_pipelines(Bike, database):
    bike = Bike(name="red")
    with database.pipeline() as pipe:
        bike.notes.rpush("one two", "two three")
        bike.facts.hset("k", "Four")
        pipe.execute()
    assert Bike.collection(notes__match="two th", facts__k__contains="ou", facts__k="four") == [bike.pk.get()]


def test_elements_that_share_parts_keep_them(Bike, raw):
    bike = Bike(notes=["red bike", "red bell", "Red"])
    bike.notes.lrem(0, "red bike")
    assert_consistent(Bike, raw)
    assert Bike.collection(notes__match="red") == [bike.pk.get()]
    assert Bike.collection(notes__match="bike") == []
    bike.notes.delete()
    assert_consistent(Bike, raw)


def test_two_contains_filters_are_both_meant(Bike):
    both, one = Bike(name="abc xyz"), Bike(name="abc")
    assert Bike.collection(name__contains="ab").filter(name__contains="yz") == [both.pk.get()]
    assert Bike.collection(name__contains="ab").count() == 2
    assert one.pk.get() in Bike.collection(name__contains="ab")


def test_a_case_insensitive_field_can_be_unique_and_the_parts_cannot(database):
    class User(RedisModel):
        name = fields.StringField(unique=True, indexes=[CaseInsensitiveIndex, EndsWithIndex, WordsIndex])

    User.use_database(database)
    User(name="Straße")
    with pytest.raises(UniquenessError):
        User(name="STRASSE")
    assert User.collection(name="strasse").count() == 1
    assert_indexes_right(User)

    with pytest.raises(ImplementationError, match="none of its indexes handles uniqueness"):

        class Only(RedisModel):
            name = fields.StringField(unique=True, indexes=[WordsIndex])

    with pytest.raises(TypeError, match="handle_uniqueness"):
        ContainsIndex.configure(handle_uniqueness=True)


def test_variants_take_transforms_prefixes_and_the_size_of_runs(database):
    class Text(RedisModel):
        value = fields.StringField(
            indexes=[
                ContainsIndex.configure(size=2),
                ContainsIndex.configure(prefix="any", transform=str.casefold, transform_query=True),
                EndsWithIndex.configure(transform=[Strip(), Lower()]),
                WordsIndex.configure(transform=str.casefold),
            ]
        )

    Text.use_database(database)
    text = Text(value=" Über alles ")
    pk = text.pk.get()
    assert Text.collection(value__contains="ber al") == [pk]
    assert Text.collection(value__contains="BER al") == []
    assert Text.collection(value__any__contains="ÜBER AL") == [pk]
    assert Text.collection(value__endswith="alles") == [pk]
    assert Text.collection(value__match="ÜBER al") == [pk]
    assert_indexes_right(Text)
    with pytest.raises(ImplementationError, match="size"):

        class Wrong(RedisModel):
            value = fields.StringField(indexes=[ContainsIndex.configure(size=0)])


def test_filters_refuse_what_is_no_text(Bike):
    for suffix in ("contains", "endswith", "match"):
        with pytest.raises(InvalidValueError):
            Bike.collection(**{f"name__{suffix}": None})
        with pytest.raises(InvalidValueError):
            Bike.collection(**{f"name__{suffix}": ["a"]})
    with pytest.raises(ImplementationError, match="no index"):
        Bike.collection(name__startswith="a")


def test_the_rarest_part_drives_the_query(Bike):
    for number in range(30):
        Bike(name=f"common word {number}")
    rare = Bike(name="common zebra word")
    for filters in ({"name__match": "common zebra word"}, {"name__contains": "mon zebra w"}):
        explanation = Bike.collection(**filters).explain()
        assert explanation.candidates == 1
        assert Bike.collection(**filters) == [rare.pk.get()]


def test_upkeep_finds_and_mends_parts(Bike, raw):
    bike = Bike(name="red bike", notes=["red bell"])
    raw.zrem("{bike}:index:name:words", "red\0001")
    raw.zadd("{bike}:index:name:contains", {"zzz\0001": 0})
    raw.zadd("{bike}:index:notes:text-reversed", {"x\0001": 0})
    kinds = sorted((one.kind, one.index) for one in Bike.check_indexes())
    assert kinds == [("missing", "words"), ("stale", "contains"), ("stale", "text-reversed")]
    assert Bike.repair_indexes() == []
    assert_indexes_right(Bike)
    assert Bike.get_field("name").get_index(WordsIndex).clear() == 1
    assert Bike.collection(name__match="red") == []
    assert Bike.get_field("name").get_index(WordsIndex).rebuild() > 0
    assert Bike.collection(name__match="red") == [bike.pk.get()]


def test_other_indexes_of_the_field_answer_beside_them(database):
    class Text(RedisModel):
        value = fields.StringField(indexes=[EqualIndex, TextRangeIndex, *EVERY])

    Text.use_database(database)
    Text(value="Aa")
    assert Text.collection(value="Aa", value__startswith="A", value__endswith="a", value__contains="Aa") == [
        "1"
    ]
    assert Text.collection(value="aa") == []


def test_a_refused_write_of_a_long_text_leaves_every_part_as_it_was(database, raw):
    class Text(RedisModel):
        value = fields.StringField(indexes=[ContainsIndex, WordsIndex])
        code = fields.StringField(unique=True)

    Text.use_database(database)
    Text(code="taken")
    old = " ".join(f"word{number}" for number in range(3000))
    text = Text(value=old, code="own")
    before = snapshot(raw)
    with pytest.raises(UniquenessError):
        text.update(value=old.replace("word", "other\0"), code="taken")
    assert snapshot(raw) == before
    text.update(value=old[::-1])
    assert_consistent(Text, raw)
    assert_indexes_right(Text)
    text.delete()
    assert raw.zcard("{text}:index:value:contains") == 0


def test_a_key_that_somebody_gave_another_type_refuses_the_write(Bike, raw):
    bike = Bike(name="red")
    kept = raw.dump("{bike}:index:name:words")
    raw.delete("{bike}:index:name:words")
    raw.set("{bike}:index:name:words", "mine")
    with pytest.raises(WrongTypeError):
        bike.name.set("blue")
    assert bike.name.get() == "red"
    assert Bike.collection(name__contains="red") == ["1"]
    assert Bike.collection(name__contains="blue") == []
    assert {one.kind for one in Bike.check_indexes()} == {"foreign"}
    raw.delete("{bike}:index:name:words")
    raw.restore("{bike}:index:name:words", 0, kept)
