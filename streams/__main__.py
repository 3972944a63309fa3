"""`slawatch`: reads the command line, and turns what goes wrong into a sentence and an exit code.

Exit codes: 0 done, 1 a check failed, 2 unusable arguments or configuration, 3 a server could not be reached.
"""

from __future__ import annotations

import sys

import typer

from sla.policy import PolicyError
from streams.commands import kept, offline
from streams.commands.alerts import alerts
from streams.commands.appraisal import appraisal
from streams.commands.check import check
from streams.commands.console import err
from streams.commands.duty import duty
from streams.commands.explain import explain
from streams.commands.observe import adjust, observe, rate
from streams.commands.person import person
from streams.commands.produce import produce
from streams.commands.silence import silence
from streams.commands.simulate import simulate
from streams.commands.top import top
from streams.commands.up import up
from streams.commands.wallboard import wallboard
from streams.commands.worker import worker
from streams.errors import Unreachable, Unusable
from wallboard import CannotServe

app = typer.Typer(
    name="slawatch",
    help="Live SLA monitoring for support desks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(up)
app.command()(worker)
app.command()(wallboard)
app.command()(top)
app.command()(simulate)
app.command()(produce)
app.command("replay")(offline.replay_files)
app.command()(offline.test)
app.command()(check)
app.command()(explain)
app.command()(offline.schema)
app.command()(observe)
app.command()(rate)
app.command()(adjust)
appraisal.command()(kept.diff)
appraisal.command()(kept.verify)
app.add_typer(appraisal, name="appraisal")
app.add_typer(person, name="person")
app.add_typer(alerts, name="alerts")
app.add_typer(silence, name="silence")
app.add_typer(duty, name="duty")


def main() -> None:
    """Run a command."""
    try:
        app()
    except PolicyError as error:
        for problem in error.problems:
            err.print(str(problem), markup=False, style="red")
        sys.exit(2)
    except (Unusable, CannotServe) as error:
        err.print(str(error), markup=False, style="red")
        sys.exit(2)
    except Unreachable as error:
        err.print(str(error), markup=False, style="red")
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
