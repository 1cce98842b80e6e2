"""The user pool: what a user is, as a pure function of (seed, user number).

No user is stored. A user's attributes are addressed random words (see `randomness`) that pick from small
vocabularies, so a pool of 100 million users costs what one of 100 does.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config import BROWSERS, OPERATING_SYSTEMS, Config
from fakeweb_tui.markov import Codes, GuideTable
from fakeweb_tui.randomness import Purpose, Words, checked_seed, random_words

Values: TypeAlias = npt.NDArray[np.object_]

USER_FIELDS = (
    "referer_url",
    "referer_url_scheme",
    "referer_url_port",
    "referer_medium",
    "marketing_medium",
    "marketing_source",
    "marketing_content",
    "marketing_campaign",
    "marketing_click_id",
    "geo_latitude",
    "geo_longitude",
    "geo_country",
    "geo_timezone",
    "geo_region_name",
    "ip_address",
    "browser_name",
    "browser_user_agent",
    "browser_language",
    "os",
    "os_name",
    "os_timezone",
    "device_type",
    "device_is_mobile",
    "user_custom_id",
    "user_domain_id",
)
"""What a user contributes to each of their events, in the order of an event's fields."""

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


class UserPool:
    """Users of a config, by number."""

    def __init__(self, seed: int, config: Config) -> None:
        self._seed = checked_seed(seed)
        self._vocabulary = vocabulary()
        self._systems = _Category(config.operating_systems)
        self._browsers = _Category(config.browsers)
        self._sources = _Category(config.sources)
        self._mediums = _Category(config.mediums)
        self._campaigns = _Category(config.campaigns)
        self._ads = _Category(config.ads)
        sources = self._sources.names
        self._referers = _values(f"www.{name}.com" for name in sources)
        self._referer_mediums = _values("search" if name in SEARCH_ENGINES else "internal" for name in sources)
        systems = self._systems.names
        self._mobile = _values(name in MOBILE_SYSTEMS for name in systems)
        self._devices = _values("Mobile" if name in MOBILE_SYSTEMS else "Computer" for name in systems)
        self._tokens = _values(token for name in systems for token in self._vocabulary.platform_tokens[name])
        self._agents = _values(
            agent for name in self._browsers.names for agent in self._vocabulary.user_agents[name]
        )

    def columns(self, numbers: npt.NDArray[np.uint64]) -> dict[str, list[Any]]:
        """Return the value of each of `USER_FIELDS` for the users with these numbers, shape (n,)."""
        words = self._vocabulary
        place, agent, token, language = self._words(numbers, 0)
        system, browser, source, medium = self._words(numbers, 1)
        campaign, ad, address, name = self._words(numbers, 2)
        domain = self._words(numbers, 3)[0]
        systems, browsers = self._systems.pick(system), self._browsers.pick(browser)
        sources = self._sources.pick(source)
        places = _index(place, len(words.places))
        timezones = words.timezones[places]
        columns = {
            "referer_url": self._referers[sources],
            "referer_url_scheme": _same("http", numbers),
            "referer_url_port": _same("80", numbers),
            "referer_medium": self._referer_mediums[sources],
            "marketing_medium": self._mediums.values[self._mediums.pick(medium)],
            "marketing_source": self._sources.values[sources],
            "marketing_content": self._ads.values[self._ads.pick(ad)],
            "marketing_campaign": self._campaigns.values[self._campaigns.pick(campaign)],
            "marketing_click_id": _values(uuids(self._words(numbers, 4))),
            "geo_latitude": words.latitudes[places],
            "geo_longitude": words.longitudes[places],
            "geo_country": words.countries[places],
            "geo_timezone": timezones,
            "geo_region_name": words.places[places],
            "ip_address": _values(public_addresses(address)),
            "browser_name": self._browsers.values[browsers],
            "browser_user_agent": self._agents[browsers * _USER_AGENTS + _index(agent, _USER_AGENTS)],
            "browser_language": words.languages[_index(language, _LANGUAGES)],
            "os": self._tokens[systems * _PLATFORM_TOKENS + _index(token, _PLATFORM_TOKENS)],
            "os_name": self._systems.values[systems],
            "os_timezone": timezones,
            "device_type": self._devices[systems],
            "device_is_mobile": self._mobile[systems],
            "user_custom_id": self._mail_addresses(numbers, name, domain),
            "user_domain_id": _values(uuids(self._words(numbers, 5))),
        }
        return {field: columns[field].tolist() for field in USER_FIELDS}

    def _words(self, numbers: npt.NDArray[np.uint64], block: int) -> Words:
        return random_words(self._seed, Purpose.USER, numbers, block)

    def _mail_addresses(self, numbers: npt.NDArray[np.uint64], name: Words, domain: Words) -> Values:
        """A name, the user's number and a free mail domain: the number makes each address the user's own."""
        names = self._vocabulary.names[_index(name, _NAMES)]
        domains = self._vocabulary.mail_domains[_index(domain, _MAIL_DOMAINS)]
        triples = zip(names, numbers.tolist(), domains, strict=True)
        return _values(f"{name}{number}@{domain}" for name, number, domain in triples)


class _Category:
    """The names of one of the config's categories, and a way to pick one by a random word."""

    def __init__(self, shares: Any) -> None:
        self.names = tuple(shares)
        self.values = _values(self.names)
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
        self.languages = _values(faker.locale() for _ in range(_LANGUAGES))
        self.names = _values(faker.user_name().rstrip("0123456789") for _ in range(_NAMES))
        self.mail_domains = _values(faker.free_email_domain() for _ in range(_MAIL_DOMAINS))
        self.latitudes, self.longitudes, self.places, self.countries, self.timezones = (
            _values(column) for column in zip(*Geography.land_coords, strict=True)
        )


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary, made at the first call: about 0.2 s, most of it Faker's own start."""
    return Vocabulary()


def public_addresses(word: Words) -> list[str]:
    """Return a public IPv4 address in dotted form for each 32-bit word."""
    scaled = word * np.uint64(len(_PUBLIC_OCTETS))
    first = _PUBLIC_OCTETS[(scaled >> np.uint64(32)).astype(np.int64)].tolist()
    rest = ((scaled >> np.uint64(8)) & np.uint64(0xFFFFFF)).tolist()
    return [f"{a}.{r >> 16}.{r >> 8 & 255}.{r & 255}" for a, r in zip(first, rest, strict=True)]


def uuids(words: Words) -> list[str]:
    """Return a random UUID (RFC 9562, version 4) for each column of `words`, shape (4, n)."""
    octets = words.T.astype(">u4", order="C").view(np.uint8).reshape(-1, 16)
    octets[:, 6] = octets[:, 6] & 0x0F | 0x40
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    digits = _HEX_PAIRS[octets].view(np.uint8).reshape(-1, 32)
    text = np.full((len(digits), 36), ord("-"), np.uint8)
    for begin, end, dashes in ((0, 8, 0), (8, 12, 1), (12, 16, 2), (16, 20, 3), (20, 32, 4)):
        text[:, begin + dashes : end + dashes] = digits[:, begin:end]
    whole = text.tobytes().decode("ascii")
    return [whole[at : at + 36] for at in range(0, len(whole), 36)]


def _index(word: Words, count: int) -> Codes:
    """Return a number below `count` for each 32-bit word, uniform to within count / 2**32."""
    return (word * np.uint64(count) >> np.uint64(32)).astype(np.int64)


def _values(items: Any) -> Values:
    return np.array(list(items), dtype=object)


def _same(value: str, like: npt.NDArray[np.uint64]) -> Values:
    return np.full(len(like), value, dtype=object)
