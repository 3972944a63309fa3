"""What is wrong with alerts.yaml is said with file, line and mend, all at once; what can never match is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.reading import load_rules
from sla.policy import PolicyError
from tests.alerts.stories import book

RECEIVERS = "receivers: [{name: room}, {name: pager}]\n"
ROUTE = "route: {receiver: room}\n"
ROOT = RECEIVERS + "route: {receiver: room, "
TREE = RECEIVERS + "route:\n  receiver: room\n  routes:\n    - "


def refused(folder: Path, text: str) -> list[str]:
    """The problems of a file, as they are told."""
    (folder / "alerts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_rules(folder, book())
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("receivers: []\n", "alerts.yaml:1: the file has no `route`"),
        (RECEIVERS + ROUTE + "receiver: []\n", "alerts.yaml:3: unknown key `receiver` in the file of"),
        (RECEIVERS + "route: {receiver: rom}\n", "alerts.yaml:2: receiver of the first route is 'rom', a receiver t"),
        (RECEIVERS + "route: {receiver: on_duty}\n", "receiver of the first route is on_duty, but nobody ever is"),
        (ROOT + "group_by: [teams]}\n", "a label in group_by of the first route is 'teams'. Did"),
        (ROOT + "group_wait: soon}\n", "group_wait of the first route: 'soon' is no duration"),
        (ROOT + "group_interval: 0s}\n", "group_interval of the first route: '0s' is no time"),
        (ROOT + "always: yes}\n", "always of the first route is 'yes'. Write true or false"),
        (ROOT + "escalate: [{after: 5m}]}\n", "a step of escalate of the first route has no `to`"),
        (TREE + "{matchers: [prio=P0]}\n",
         "alerts.yaml:5: a matcher of route 0.0: 'prio=P0' is about 'prio', a label that no alert has"),
        (TREE + '{matchers: [priority="P7"]}\n',
         'alerts.yaml:5: route 0.0: priority="P7" can never match: by the policy book no alert has such a priority'),
        (TREE + '{matchers: [metric="first_respons"]}\n',
         "Did you mean 'first_response'?"),
        (TREE + '{matchers: [level="85%"]}\n', "no alert has such a level"),
        (TREE + '{matchers: [policy="p9"]}\n', "no alert has such a policy"),
        (TREE + '{matchers: [metric="update", priority="P4"]}\n',
         "can never match together"),
        (TREE + '{matchers: [policy="europe", team="网络"]}\n',
         "can never match together"),
        (TREE + 'matchers: [priority="P0"]\n'
         '      routes: [{matchers: [priority="P1"]}]\n', 'route 0.0.0: priority="P0", priority="P1" can never'),
        (TREE + '{matchers: [priority="P0"]}\n'
         '    - {matchers: [priority="P0", team="网络"]}\n',
         "alerts.yaml:6: route 0.1 can never match: the one on line 5 takes all it asks for"),
        (RECEIVERS + ROUTE + "quiet_hours: {calendar: offcie}\n", "alerts.yaml:3: quiet_hours names the calendar 'o"),
        (RECEIVERS + ROUTE + "quiet_hours: {calendar: always}\n", "never closes, so it would never be quiet"),
        (RECEIVERS + ROUTE + "on_duty: [{who: a, receiver: x, calendar: office}]\n", "shift 'a' names the receiver "),
        (RECEIVERS + ROUTE + "on_duty: [{who: a, receiver: room, calendar: x}]\n", "shift 'a' names the calendar 'x'"),
        (RECEIVERS + ROUTE + "inhibit_rules: [{source: big_incident}]\n", "source of an inhibit rule is 'big_incide"),
        (RECEIVERS + ROUTE + "watchdog: {every: 1m, to: nobody}\n", "to of the watchdog is 'nobody', a receiver tha"),
        ("receivers: [{name: room}, {name: room}]\n" + ROUTE, "a second receiver is called 'room'"),
        ("receivers: [{name: on_duty}]\nroute: {receiver: on_duty}\n", "a receiver is called 'on_duty'"),
        ("receivers: [{name: room, webhook: {url: ftp://x}}]\n" + ROUTE, "url of the webhook of receiver 'room' is "),
        ("receivers: [{name: room, webhook: {url: 'https://x', secret_env: s3cr3t!}}]\n" + ROUTE, "is no name of a "),
        ("receivers: [{name: room, lang: fr}]\n" + ROUTE, "lang of receiver 'room' is 'fr'"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_line_and_mend(tmp_path: Path, text: str, says: str) -> None:
    """One slip, one problem that names it."""
    problems = refused(tmp_path, text)
    assert any(says in problem for problem in problems), problems


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Nobody mends a file error by error."""
    problems = refused(tmp_path, "receivers: [{nam: room}]\nroute: {receiver: rom, always: maybe}\nquiet_hours: {}\n")
    assert len(problems) >= 4


def test_no_address_is_shown_in_a_problem(tmp_path: Path) -> None:
    """Addresses of targets hold their secrets."""
    problems = refused(tmp_path, "receivers: [{name: room, apprise: [hush-hush-token]}]\n" + ROUTE)
    assert not any("hush" in problem for problem in problems)


def test_without_the_file_it_is_said_what_to_do(tmp_path: Path) -> None:
    """A folder of policies need not have rules of alerting, but an alerter needs them."""
    with pytest.raises(PolicyError, match="there are no rules of alerting"):
        load_rules(tmp_path, book())
