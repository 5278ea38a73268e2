"""``python -m ltcflow``: the command line."""

from __future__ import annotations

from ltcflow.cli import main

if __name__ == "__main__":
    main()
