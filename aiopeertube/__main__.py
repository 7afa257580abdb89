"""`python -m aiopeertube`, and the entry point of the command `aiopeertube`."""

from .cli.app import app


def main() -> None:
    """Run the command line."""
    app.main(prog_name="aiopeertube")


if __name__ == "__main__":
    main()
