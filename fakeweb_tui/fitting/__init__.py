"""From events to the config that makes events like them.

Words: a *visit* to a page begins with an event there and ends with the next event elsewhere; events of the same
page that follow each other are one visit. *Silence* ends a session where no column names it. What is learned of
one probability is an *estimate*: a value, an interval, and how much it rests on.
"""

from fakeweb_tui.fitting.columns import Columns
from fakeweb_tui.fitting.estimates import Estimate
from fakeweb_tui.fitting.fit import Fit, fit_config
from fakeweb_tui.fitting.remarks import about_unused

__all__ = ["Columns", "Estimate", "Fit", "about_unused", "fit_config"]
