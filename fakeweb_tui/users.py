"""The user pool: what a user is, as a pure function of (seed, user number).

No user is stored. A user's attributes are addressed random words (see `randomness`) that pick from small
vocabularies, so a pool of 100 million users costs what one of 100 does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config import BROWSERS, OPERATING_SYSTEMS, Config
from fakeweb_tui.markov import Codes, GuideTable
from fakeweb_tui.randomness import Purpose, Words, checked_seed, random_words
from fakeweb_tui.schema import USER_FIELDS

SEARCH_ENGINES = ("google", "bing")
MOBILE_SYSTEMS = ("Android", "iOS")

_USER_AGENTS = 256  # per browser
_PLATFORM_TOKENS = 64  # per operating system
_LANGUAGES = 256
_NAMES = 512
_MAIL_DOMAINS = 64
# First octets whose whole block of addresses is public (IANA IPv4 special-purpose registry, RFC 6890).
_PUBLIC_OCTETS = np.array(
    [n for n in range(1, 224) if n not in (10, 100, 127, 169, 172, 192, 198, 203)], np.uint64
)
_HEX_PAIRS = np.frombuffer("".join(f"{n:02x}" for n in range(256)).encode(), np.uint16)


def population(config: Config) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Return what of a config decides who the users are: two configs with the same have the same users."""
    rows = (
        config.operating_systems,
        config.browsers,
        config.sources,
        config.mediums,
        config.campaigns,
        config.ads,
    )
    return tuple(tuple(row.items()) for row in rows)


class UserPool:
    """Users of a config, by number."""

    def __init__(self, seed: int, config: Config) -> None:
        self._seed = checked_seed(seed)
        words = self._words_of = vocabulary()
        self._systems = _Category(config.operating_systems)
        self._browsers = _Category(config.browsers)
        self._sources = _Category(config.sources)
        self._mediums = _Category(config.mediums)
        self._campaigns = _Category(config.campaigns)
        self._ads = _Category(config.ads)
        sources, systems, browsers = self._sources.names, self._systems.names, self._browsers.names
        agents = [(name, agent) for name in browsers for agent in words.user_agents[name]]
        tokens = [(name, token) for name in systems for token in words.platform_tokens[name]]
        self.choices = {
            "referer_url": Choice("source", [f"www.{name}.com" for name in sources]),
            "referer_url_scheme": Choice("source", ["http"] * len(sources)),
            "referer_url_port": Choice("source", ["80"] * len(sources)),
            "referer_medium": Choice(
                "source", ["search" if name in SEARCH_ENGINES else "internal" for name in sources]
            ),
            "marketing_medium": Choice("medium", self._mediums.names),
            "marketing_source": Choice("source", sources),
            "marketing_content": Choice("ad", self._ads.names),
            "marketing_campaign": Choice("campaign", self._campaigns.names),
            "geo_latitude": Choice("place", words.latitudes),
            "geo_longitude": Choice("place", words.longitudes),
            "geo_country": Choice("place", words.countries),
            "geo_timezone": Choice("place", words.timezones),
            "geo_region_name": Choice("place", words.places),
            "browser_name": Choice("agent", [name for name, _ in agents]),
            "browser_user_agent": Choice("agent", [agent for _, agent in agents]),
            "browser_language": Choice("language", words.languages),
            "os": Choice("token", [token for _, token in tokens]),
            "os_name": Choice("token", [name for name, _ in tokens]),
            "os_timezone": Choice("place", words.timezones),
            "device_type": Choice(
                "token", ["Mobile" if name in MOBILE_SYSTEMS else "Computer" for name, _ in tokens]
            ),
            "device_is_mobile": Choice("token", [name in MOBILE_SYSTEMS for name, _ in tokens]),
        }
        """The fields that pick from a vocabulary; the other four are a user's own."""

    def draw(self, numbers: npt.NDArray[np.uint64]) -> "Users":
        """Return the users with these numbers, shape (n,)."""
        place, agent, token, language = self._words(numbers, 0)
        system, browser, source, medium = self._words(numbers, 1)
        campaign, ad, address, name = self._words(numbers, 2)
        domain = self._words(numbers, 3)[0]
        words = self._words_of
        codes = {
            "source": self._sources.pick(source),
            "medium": self._mediums.pick(medium),
            "ad": self._ads.pick(ad),
            "campaign": self._campaigns.pick(campaign),
            "place": _index(place, len(words.places)),
            "agent": self._browsers.pick(browser) * _USER_AGENTS + _index(agent, _USER_AGENTS),
            "language": _index(language, _LANGUAGES),
            "token": self._systems.pick(system) * _PLATFORM_TOKENS + _index(token, _PLATFORM_TOKENS),
            "name": _index(name, _NAMES),
            "mail_domain": _index(domain, _MAIL_DOMAINS),
        }
        return Users(numbers, codes, address, self._words(numbers, 4), self._words(numbers, 5))

    def columns(self, numbers: npt.NDArray[np.uint64]) -> dict[str, list[Any]]:
        """Return the value of each of `USER_FIELDS` for the users with these numbers, shape (n,)."""
        users = self.draw(numbers)
        words = self._words_of
        names = map(words.names.__getitem__, users.codes["name"].tolist())
        domains = map(words.mail_domains.__getitem__, users.codes["mail_domain"].tolist())
        columns: dict[str, list[Any]] = {
            "marketing_click_id": as_strings(uuid_text(users.click_id)),
            "ip_address": public_addresses(users.address),
            "user_custom_id": [
                f"{name}{number}@{domain}"
                for name, number, domain in zip(names, numbers.tolist(), domains, strict=True)
            ],
            "user_domain_id": as_strings(uuid_text(users.domain_id)),
        }
        for field, choice in self.choices.items():
            columns[field] = choice.objects[users.codes[choice.by]].tolist()
        return {field: columns[field] for field in USER_FIELDS}

    @property
    def mail_names(self) -> Sequence[str]:
        """What `codes["name"]` picks from: the name in front of the user's number in a mail address."""
        return self._words_of.names

    @property
    def mail_domains(self) -> Sequence[str]:
        """What `codes["mail_domain"]` picks from."""
        return self._words_of.mail_domains

    def _words(self, numbers: npt.NDArray[np.uint64], block: int) -> Words:
        return random_words(self._seed, Purpose.USER, numbers, block)


class Choice:
    """A field whose value is picked from a vocabulary.

    Attributes:
        by: which of the codes of `Users` picks; fields that share it go together.
        values: the vocabulary, strings or booleans.
        objects: the same as an array of objects.
    """

    def __init__(self, by: str, values: Sequence[str] | Sequence[bool]) -> None:
        self.by = by
        self.values = values
        self.objects = np.array(values, dtype=object)


@dataclass(frozen=True, eq=False)
class Users:
    """Some users as numbers, shape (n,) each; `UserPool.choices` says what the codes stand for.

    Attributes:
        numbers: uint64.
        codes: for each `Choice.by`, and for "name" and "mail_domain", indices into the vocabulary.
        address: a random word for the IP address.
        click_id, domain_id: random words for the UUIDs, shape (4, n).
    """

    numbers: npt.NDArray[np.uint64]
    codes: dict[str, Codes]
    address: Words
    click_id: Words
    domain_id: Words


class _Category:
    """The names of one of the config's categories, and a way to pick one by a random word."""

    def __init__(self, shares: Any) -> None:
        self.names = tuple(shares)
        self._table = GuideTable(np.array([list(shares.values())], np.float64))

    def pick(self, word: Words) -> Codes:
        return self._table.sample(np.zeros(len(word), np.int64), word)


class Vocabulary:
    """The words that users are made of, sampled from one Faker instance with a fixed seed."""

    def __init__(self) -> None:
        # Faker takes a tenth of a second to import, which the first picture of the screen need not wait for.
        from faker import Faker
        from faker.providers import BaseProvider
        from faker.providers.geo import Provider as Geography

        class PlausibleDates(BaseProvider):
            """Firefox user agents name their build date; Faker's own choice reaches the year 9999."""

            def date_time_between(self, *_limits: datetime) -> datetime:
                second = self.generator.random.randrange(10 * 365 * 86400)
                return datetime(2010, 1, 1) + timedelta(seconds=second)

        faker = Faker("en_US")
        faker.seed_instance(0)
        faker.add_provider(PlausibleDates)
        agents = {
            "Chrome": faker.chrome,
            "Firefox": faker.firefox,
            "InternetExplorer": faker.internet_explorer,
            "Safari": faker.safari,
            "Opera": faker.opera,
        }
        tokens = {
            "Windows": faker.windows_platform_token,
            "MacOS": faker.mac_platform_token,
            "Linux": faker.linux_platform_token,
            "Android": faker.android_platform_token,
            "iOS": faker.ios_platform_token,
        }
        self.user_agents = {name: [agents[name]() for _ in range(_USER_AGENTS)] for name in BROWSERS}
        self.platform_tokens = {
            name: [tokens[name]() for _ in range(_PLATFORM_TOKENS)] for name in OPERATING_SYSTEMS
        }
        self.languages = [faker.locale() for _ in range(_LANGUAGES)]
        self.names = [faker.user_name().rstrip("0123456789") for _ in range(_NAMES)]
        self.mail_domains = [faker.free_email_domain() for _ in range(_MAIL_DOMAINS)]
        self.latitudes, self.longitudes, self.places, self.countries, self.timezones = (
            list(column) for column in zip(*Geography.land_coords, strict=True)
        )


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary, made at the first call: about 0.2 s, most of it Faker's own start."""
    return Vocabulary()


def public_octets(word: Words) -> tuple[npt.NDArray[np.uint64], ...]:
    """Return the four octets of a public IPv4 address for each 32-bit word, shape (n,) each."""
    scaled = word * np.uint64(len(_PUBLIC_OCTETS))
    first = _PUBLIC_OCTETS[(scaled >> np.uint64(32)).astype(np.int64)]
    return first, *((scaled >> np.uint64(shift)) & np.uint64(255) for shift in (24, 16, 8))


def public_addresses(word: Words) -> list[str]:
    """Return a public IPv4 address in dotted form for each 32-bit word."""
    octets = (octet.tolist() for octet in public_octets(word))
    return [f"{a}.{b}.{c}.{d}" for a, b, c, d in zip(*octets, strict=True)]


def uuid_text(words: Words) -> npt.NDArray[np.uint8]:
    """Return a random UUID (RFC 9562, version 4) for each column of `words`, shape (4, n), as text.

    Returns:
        Shape (n, 36), ASCII.
    """
    octets = words.T.astype(">u4", order="C").view(np.uint8).reshape(-1, 16)
    octets[:, 6] = octets[:, 6] & 0x0F | 0x40
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    digits = _HEX_PAIRS[octets].view(np.uint8).reshape(-1, 32)
    text = np.full((len(digits), 36), ord("-"), np.uint8)
    for begin, end, dashes in ((0, 8, 0), (8, 12, 1), (12, 16, 2), (16, 20, 3), (20, 32, 4)):
        text[:, begin + dashes : end + dashes] = digits[:, begin:end]
    return text


def as_strings(text: npt.NDArray[np.uint8]) -> list[str]:
    """Return the rows of ASCII text, shape (n, width), as strings."""
    whole, width = text.tobytes().decode("ascii"), text.shape[1]
    return [whole[at : at + width] for at in range(0, len(whole), width)]


def _index(word: Words, count: int) -> Codes:
    """Return a number below `count` for each 32-bit word, uniform to within count / 2**32."""
    return (word * np.uint64(count) >> np.uint64(32)).astype(np.int64)
