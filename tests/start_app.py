"""Start the app by the command given, in a pseudo-terminal; wait until it shows its panes; end it by Ctrl+Q.

Exits 0 where all four panes were shown and the app ended with status 0.
"""

import os
import sys

import pexpect

PANES = ("Transitions", "Pages", "per hour", "Event log")
INSTALL_AND_START_SECONDS = 300


def main(command: list[str]) -> int:
    """Run the command and watch."""
    app = pexpect.spawn(
        command[0],
        command[1:],
        dimensions=(40, 150),
        env={**os.environ, "TERM": "xterm-256color"},
        encoding="utf-8",
        timeout=INSTALL_AND_START_SECONDS,
    )
    waiting = set(PANES)
    while waiting:
        found = app.expect_exact(sorted(waiting))
        waiting.discard(sorted(waiting)[found])
    app.sendcontrol("q")
    app.expect(pexpect.EOF)
    app.close()
    return app.exitstatus if app.exitstatus is not None else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
