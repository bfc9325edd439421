"""The version, as a constant: reading it from the installed metadata costs more than importing click."""

__version__ = "0.1.0"
