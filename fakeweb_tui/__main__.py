"""`python -m fakeweb_tui`."""

from fakeweb_tui.cli import main

if __name__ == "__main__":
    main()
