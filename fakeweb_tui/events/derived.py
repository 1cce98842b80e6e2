"""What else is known of an event, as pure functions of the simulation: its id, its session's, its step."""

import numpy as np
import numpy.typing as npt

from fakeweb_tui.randomness import Purpose, Words, random_words
from fakeweb_tui.simulation import Batch, Parameters, session_birth_step


def session_steps(batch: Batch, parameters: Parameters) -> npt.NDArray[np.int64]:
    """Return the steps since each event's session landed, shape (n,)."""
    step = (batch.timestamp.astype(np.int64) - parameters.start_us) // parameters.step_us
    return step - session_birth_step(batch.session)


def event_id_words(batch: Batch, parameters: Parameters) -> Words:
    """Return the words of each event's UUID, shape (4, n)."""
    age = session_steps(batch, parameters).astype(np.uint64)
    return random_words(parameters.seed, Purpose.EVENT, batch.session, age)


def session_id_words(batch: Batch, parameters: Parameters) -> Words:
    """Return the words of each event's session's UUID, shape (4, n)."""
    return random_words(parameters.seed, Purpose.SESSION_ID, batch.session)
