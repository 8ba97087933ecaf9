"""One connection to the broker, driven by the thread that owns it.

A connection is used until it is lost and never opened again: the library would send what the old
one had not got rid of behind what the new one is given, so older news would replace newer.
"""

from __future__ import annotations

import contextlib
import select
import ssl
import time
from collections.abc import Sequence
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from coach.live.floor.connection import ConnectionOwner, Lost, Will
from coach.startup.floor_access import FloorAccess

CONNECT_S = 4.0
"""Seconds for the network's answer, and for the broker's."""
KEEP_ALIVE_S = 15
"""Seconds without any message after which both ends make sure of each other."""
AT_LEAST_ONCE = 1
"""Quality of service of every message."""
AT_ONCE = 200
"""Packets read before whoever owns the connection has another turn."""


class BrokerConnection:
    """A ``Connection`` over the MQTT client library, version 5 of the protocol."""

    def __init__(
        self,
        access: FloorAccess,
        client: str,
        subscribe: Sequence[str],
        owner: ConnectionOwner,
        will: Will | None = None,
    ) -> None:
        """``client``: under which name the broker knows us; ``subscribe``: topics to listen to."""
        self._access = access
        self._topics = subscribe
        self._owner = owner
        self._answer: ReasonCode | None = None
        self._lost = ""
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self._client.connect_timeout = CONNECT_S
        self._client.max_inflight_messages_set(100)
        if access.tls is not None:
            self._client.tls_set_context(access.tls)
        if access.user or access.password is not None:
            password = access.password.reveal() if access.password is not None else None
            self._client.username_pw_set(access.user, password)
        if will is not None:
            self._client.will_set(will.topic, will.payload, AT_LEAST_ONCE, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    def open(self) -> None:
        """Connect and subscribe; raises Lost."""
        try:
            self._client.connect(
                self._access.host, self._access.port, KEEP_ALIVE_S, clean_start=True
            )
        except (OSError, ValueError) as error:
            raise Lost(_cause(error)) from None
        until = time.monotonic() + CONNECT_S
        while self._answer is None:
            if time.monotonic() > until:
                raise Lost("no answer from the broker")
            self.serve(0.1)
        if self._answer.is_failure:
            raise Lost(f"the broker says: {self._answer}")
        self.listen()

    def listen(self) -> None:
        """Ask for what the broker keeps, once more; raises Lost."""
        options = SubscribeOptions(qos=AT_LEAST_ONCE)
        self._check(self._client.subscribe([(topic, options) for topic in self._topics])[0])

    def send(self, topic: str, payload: bytes, expires_s: int | None = None) -> int:
        """Send a message that the broker keeps; gives the number that confirms it."""
        properties = None
        if expires_s is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = expires_s
        sent = self._client.publish(
            topic, payload, AT_LEAST_ONCE, retain=True, properties=properties
        )
        return sent.mid

    def serve(self, timeout: float) -> None:
        """Wait for news, at most ``timeout`` seconds, and take it; raises Lost."""
        self._check(self._client.loop(timeout))
        for _ in range(AT_ONCE):  # one call reads one packet: take what else has come
            if not self._more_has_come():
                break
            self._check(self._client.loop(0.0))
        self._check(MQTTErrorCode.MQTT_ERR_SUCCESS)

    def _more_has_come(self) -> bool:
        socket = self._client.socket()
        if self._lost or socket is None:
            return False
        pending = isinstance(socket, ssl.SSLSocket) and socket.pending() > 0
        return pending or bool(select.select([socket], [], [], 0.0)[0])

    def close(self) -> None:
        """Take leave. The will is not said."""
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
            self._client.loop(0.0)
        # Without these references to us the library frees its sockets now, not some time later.
        self._client.on_connect = self._client.on_disconnect = self._client.on_subscribe = None
        self._client.on_publish = self._client.on_message = None

    def _check(self, code: MQTTErrorCode) -> None:
        if self._answer is not None and self._answer.is_failure:
            return  # `open` has better words for it
        if self._lost or code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise Lost(self._lost or "the connection was lost")

    # --- from the library -----------------------------------------------------------------------

    def _on_connect(
        self, _client: Client, _data: Any, _flags: Any, answer: ReasonCode, _more: Any
    ) -> None:
        self._answer = answer

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _more: Any
    ) -> None:
        if reason.value < 0x80:
            self._lost = "the broker took leave"
        else:
            self._lost = "it was lost" if reason.value == 0x80 else f"the broker says: {reason}"

    def _on_subscribe(
        self, _client: Client, _data: Any, _number: int, answers: list[ReasonCode], _more: Any
    ) -> None:
        refused = [answer for answer in answers if answer.is_failure]
        if refused:
            self._lost = f"the broker lets nobody listen: {refused[0]}"

    def _on_publish(
        self, _client: Client, _data: Any, number: int, answer: ReasonCode, _more: Any
    ) -> None:
        self._owner.confirmed(number, str(answer) if answer.is_failure else "")

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._owner.heard(message.topic, bytes(message.payload))


def _cause(error: Exception) -> str:
    """Why there is no connection, for a person: without numbers and addresses."""
    words = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
    if getattr(error, "verify_message", ""):
        return f"its certificate is not trusted: {words}"
    return words or type(error).__name__
