"""`coach doctor`: check this machine and say how to mend what is missing."""

from __future__ import annotations

import argparse

import msgspec

from coach.errors import Exit
from coach.startup.config import load
from coach.startup.doctor import CheckOutcome, CheckResult, examine, failed
from coach.startup.rules_in_force import add_rules_options, with_rules_of

MARKS = {CheckOutcome.OK: "ok  ", CheckOutcome.WARNING: "warn", CheckOutcome.FAILED: "FAIL"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_rules_options(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(args: argparse.Namespace) -> int:
    """Print every finding; exit code 1 if anything has to be mended."""
    findings = examine(lambda: with_rules_of(args, load(args.settings)), file=args.settings)
    if args.json:
        print(msgspec.json.format(msgspec.json.encode(findings)).decode())
    else:
        for finding in findings:
            print(as_text(finding))
    return Exit.FAILED if failed(findings) else Exit.OK


def as_text(finding: CheckResult) -> str:
    """One line, and one more with the remedy where there is one."""
    line = f"{MARKS[finding.verdict]}  {finding.check:<12}{finding.found}"
    return f"{line}\n{'':18}-> {finding.remedy.strip()}" if finding.remedy else line
