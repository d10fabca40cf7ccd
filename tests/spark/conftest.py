"""A Java in, a Spark session on this machine out; without one these tests fail, none is skipped."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

JAVA_MIN = 17
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "Europe/Madrid",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Small, so that a partition comes in several batches.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "300",
}
# Of PySpark itself: it looks at pandas, which is not used here, and leaves files to be collected.
WARNINGS = (
    "ignore:PySpark does not yet fully support pandas:FutureWarning",
    "ignore:unclosed:ResourceWarning",
)


def pytest_configure(config: pytest.Config) -> None:
    """Let PySpark warn of what it does itself."""
    for warning in WARNINGS:
        config.addinivalue_line("filterwarnings", warning)


def find_trouble() -> str | None:
    """Why Spark cannot run here."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed: `make test-spark` installs it"
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    install = "install Debian's openjdk-17-jre-headless, or set JAVA_HOME"
    if java is None or not os.path.exists(java):
        return f"Spark needs Java {JAVA_MIN}, and there is no `{java or 'java'}`: {install}"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < JAVA_MIN:
        found = said.partition("\n")[0] or "no version"
        return f"Spark needs Java {JAVA_MIN}, and `{java}` says `{found}`: {install}"
    return None


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session with two executor threads, whose Python is the one that runs the tests."""
    if trouble := find_trouble():
        pytest.exit(trouble, returncode=1)
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("tallystick")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
