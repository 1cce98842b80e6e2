"""What random words decide in a simulation with a certain config: births, landings and moves."""

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config import Config
from fakeweb_tui.markov import Codes, Floats, GuideTable, TransitionMatrix
from fakeweb_tui.randomness import Purpose, Words, random_words
from fakeweb_tui.simulation.parameters import SESSION_BITS, Parameters


class Draws:
    """A config as sessions meet it.

    Attributes:
        matrix: its transition matrix.
        rate_by_hour: shape (24,), expected births per step in each hour of the day.
    """

    def __init__(self, parameters: Parameters, config: Config) -> None:
        self.matrix = TransitionMatrix.of(config)
        scale = parameters.sessions_per_day * parameters.batch_size / 3600
        self.rate_by_hour: Floats = np.array(config.visits_per_hour) * scale
        self._parameters = parameters
        self._moves = GuideTable(self.matrix.rows)
        self._landings = GuideTable(self.matrix.landing[None, :])

    def rate(self, steps: npt.NDArray[np.int64]) -> Floats:
        """Expected births in each step."""
        return self.rate_by_hour[self._parameters.hour_of(steps)]

    def births(self, steps: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        """The numbers of the sessions that start in each step: floor(rate), and one more with rate mod 1."""
        rate = self.rate(steps)
        address = steps.astype(np.uint64)
        chance = random_words(self._parameters.seed, Purpose.ARRIVALS, address)[0] * 2.0**-32
        whole = np.floor(rate)
        count = whole.astype(np.int64) + (chance < rate - whole)
        place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        number: npt.NDArray[np.uint64] = np.repeat(address << np.uint64(SESSION_BITS), count)
        number |= place.astype(np.uint64)
        return number

    def land(self, word: Words) -> Codes:
        """Where sessions with these words land."""
        return self._landings.sample(np.zeros(len(word), np.int64), word)

    def move(self, page: Codes, word: Words) -> Codes:
        """Where sessions on `page` go with these words; the last code is `session_end`."""
        return self._moves.sample(page, word)
