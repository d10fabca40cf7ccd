"""The package's version, and the version of the rule language it reads."""

__version__ = "0.1.0"
LANGUAGE_VERSION = 1
