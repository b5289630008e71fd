"""Lets `python -m avatar_driver` do what the command `avatar-driver` does."""

from avatar_driver.cli import main

if __name__ == "__main__":
    main()
