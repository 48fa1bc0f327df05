"""`seqtune doctor`: versions, backend, devices, extras."""

from __future__ import annotations

from seqtune.cli.output import AsJson, show

NAME = "doctor"
EXAMPLE = "seqtune doctor"


def command(as_json: AsJson = False) -> None:
    """Show versions, the backend, devices, and what an extra would add."""
    from seqtune.report.of_machine import doctor_report

    show(doctor_report(), as_json)
