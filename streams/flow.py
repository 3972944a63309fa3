"""Faust's switch that lets messages into the queues of its streams, and loses none of them."""

from __future__ import annotations

from mode.utils.queues import FlowControlEvent


class Flow(FlowControlEvent):
    """Lets messages in, or holds them back; what waits in queues is forgotten only after they have been held back."""

    def resume(self) -> None:
        """Lets messages in.

        Recovery says so before it reads, and again at its end; each time Faust forgets all that waits. By the end that
        may be what was fetched of other partitions: nothing would bring it again, and all behind it would be left out.
        """
        if not self.is_active():
            super().resume()
