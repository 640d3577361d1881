"""`python -m dashboard` is the command `incident-map`."""

from dashboard.command_line.main import main

if __name__ == "__main__":
    main()
