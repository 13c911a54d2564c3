"""What the demonstration asks. Each code is run as it is shown.

It is written once, for asyncio: without its ``await`` and ``async`` it is the code for a plain
database.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..exceptions import LimpydException, UniquenessError

__all__ = ["QUESTIONS", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words and in code (``source``, for asyncio; see ``code``).

    ``Airport`` and ``db`` are defined; the value of the last line is the answer. ``shows``
    are the fields to show of airports in the answer, ``explains`` the query to explain if the
    answer is none, and ``raises`` the error that is the answer.
    """

    title: str
    source: str
    shows: tuple[str, ...] = ("icao", "name", "country", "elevation")
    explains: str = ""
    raises: type[LimpydException] | None = None

    def code(self, waits: bool) -> str:
        """The code for an asyncio database, or for a plain one."""
        return self.source if waits else self.source.replace("await ", "").replace("async ", "")


QUESTIONS = (
    Question(
        "The highest airports of Bolivia",
        'Airport.collection(country="BO").sort(by="-elevation")[:5].instances()',
        ("icao", "name", "elevation"),
    ),
    Question(
        'Airports of Spain or Mexico whose names start with "San"',
        "Airport.collection(\n"
        '    country__in=["ES", "MX"], name__startswith="San "\n'
        ').sort(by="name", alpha=True)[:6].instances()',
        ("icao", "name", "country"),
    ),
    Question(
        "High, in Asia, and with an IATA code: three tags at once",
        'high = Airport.collection(tags="high")\n'
        'tagged = high.filter(tags="asia").filter(tags="has-iata")\n'
        'tagged.sort(by="-elevation")[:5].instances()',
    ),
    Question(
        "North of the polar circle and above 1,500 feet: two ranges of numbers",
        "north = Airport.collection(latitude__gt=66.56, elevation__gt=1500)\n"
        'north.sort(by="-latitude")[:5].instances()',
        ("icao", "name", "country", "latitude", "elevation"),
    ),
    Question(
        "The airport whose IATA code is LHR: one sub-key of a hash",
        'await Airport.get(codes__iata="LHR")',
        ("icao", "name", "city"),
        explains='Airport.collection(codes__iata="LHR")',
    ),
    Question(
        "How many airports keep the time of Paris",
        'await Airport.collection(timezone="Europe/Paris").count()',
        explains='Airport.collection(timezone="Europe/Paris")',
    ),
    Question(
        "All Japanese airports by name, page three of ten each",
        'japan = Airport.collection(country="JP").sort(by="name", alpha=True)\njapan[20:30].instances()',
        ("icao", "name", "elevation"),
    ),
    Question(
        "Who is within 30 km of London City? Its own sorted set, natively",
        'city = await Airport.get(icao="EGLC")\nawait city.nearby.zrangebyscore(0, 30, withscores=True)',
    ),
    Question(
        "And the other way round: whose sorted sets hold it? Members are indexed too",
        'Airport.collection(nearby="EGLC").instances()',
        ("icao", "name"),
    ),
    Question(
        "A flight log in a list: native commands, and the index follows",
        'paris = await Airport.get(icao="LFPG")\n'
        "await paris.log.rpush(\n"
        '    "AF011 from New York", "JL045 from Tokyo", "LX632 from Bern"\n'
        ")\n"
        "await paris.log.ltrim(-2, -1)\n"
        "[await paris.log.lmembers(),\n"
        ' await Airport.collection(log="AF011 from New York").count(),\n'
        ' await Airport.collection(log="JL045 from Tokyo").count()]',
    ),
    Question(
        "A counter and a log in one transaction, repeated if others interfere",
        'paris, tokyo = await Airport.get(icao="LFPG"), await Airport.get(icao="RJTT")\n'
        "\n"
        "async def fly(pipe):\n"
        "    before = int(await tokyo.visits.get())  # watched, so read at once\n"
        "    pipe.multi()\n"
        "    tokyo.visits.set(before + 1)\n"
        '    paris.log.rpush("to Tokyo")\n'
        "\n"
        "await db.transaction(fly, tokyo.visits)",
    ),
    Question(
        "A second LFPG is refused, and leaves nothing behind",
        'await Airport.create(icao="LFPG", name="A second Paris", tags=["new"])',
        raises=UniquenessError,
    ),
    Question(
        "A new airport, renamed and moved: every index follows in the same request",
        "async def found(name, country):\n"
        "    here = Airport.collection(name__startswith=name, country=country)\n"
        "    return await here.count()\n"
        "\n"
        'field = await Airport.create(icao="XX01", name="Old Field", country="FR")\n'
        'before = await found("Old F", "FR"), await found("New F", "CH")\n'
        'await field.update(name="New Field", country="CH")\n'
        'after = await found("Old F", "FR"), await found("New F", "CH")\n'
        "before, after",
    ),
    Question(
        "Deleted: its values and index entries go together",
        'field = await Airport.get(icao="XX01")\n'
        "keys = [key async for key in field.scan_keys()]\n"
        "await field.delete()\n"
        'len(keys), await db.connect().exists(*keys), await Airport.exists(icao="XX01")',
    ),
    Question(
        "Are all indexes of all airports right?",
        "await Airport.check_indexes()",
    ),
)
