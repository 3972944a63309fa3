"""What can keep a worker from its work, as one tree; each error says what the operator should do.

    StreamError
    ├── Unusable          exit code 2: topics or settings that cannot work; mend them, then start again
    └── Unreachable       exit code 3: a server that did not answer for as long as was allowed
"""  # noqa: D208 - the tree is drawn as it is

from __future__ import annotations


class StreamError(Exception):
    """A worker cannot go on; `exit_code` is what the process answers with."""

    exit_code = 1


class Unusable(StreamError):
    """What is configured cannot work.

    Operator action: the message names the topic or setting and its mend.
    """

    exit_code = 2


class Unreachable(StreamError):
    """A server did not answer.

    Operator action: start it, or correct its address in the setting that the message names.
    """

    exit_code = 3
