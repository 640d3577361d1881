"""`python -m dashboard` is the command `incident-map`."""

from dashboard.commands import main

if __name__ == "__main__":
    main()
