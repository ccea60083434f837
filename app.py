"""Sunspot Dashboard: `python app.py COMMAND`, see `python app.py --help`."""

from sunspot_dash.cli import main

if __name__ == "__main__":
    main()
