from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in units that mean something what the benchmarks measured."""
    session = getattr(config, "_benchmarksession", None)
    for bench in session.benchmarks if session else ():
        for unit, value in bench.extra_info.items():
            terminalreporter.write_line(f"{bench.name}: {value:,} {unit.replace('_', ' ')}")
