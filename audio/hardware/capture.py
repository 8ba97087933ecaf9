"""A live call's sound: both devices, kept open for as long as the call lasts.

Theory of operation. PortAudio's threads put blocks into a ring a side and return. The reader,
the session's listener thread, takes them out in ``read`` and gives them their place in call
time (``audio.hardware.sample_clock``). A watchdog thread owns the streams: it opens them, sees that
one has stopped (the stream says so, no block comes, or the sound server no longer has the source
or gives another in its place),
closes it and opens it again, at first after a quarter of a second and at last every two seconds,
never giving up. Opening may take long or hang with a hung sound server; the reader never waits for
it. ::

    side         OPENING --first block--> RUNNING --stopped--> OPENING ...
    facts                  Recovered            Degraded, AudioGap
    its sound    silence   (gap filled)   sound         silence

A side is silent in call time while its device is gone, so nothing downstream waits for it.
Two threads here are not the session's: PortAudio's own, and the watchdog, because nobody else may
touch a stream that its thread might be closing.
"""

from __future__ import annotations

import contextlib
import enum
import statistics
import threading
from collections import deque
from collections.abc import Callable
from typing import Annotated

import msgspec

from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.samples.resample import Resampler
from coach.errors import CoachError, DeviceError
from coach.events import AudioGap, Channel, Degraded, Fact, Recovered
from coach.parameters import seconds

from . import devices, portaudio, pulse
from .devices import SoundSource
from .ring import Block, Ring
from .sample_clock import SampleClock

Clock = Callable[[], float]

NEWS = 64
"""Losses and recoveries of devices kept until they are read; of more the oldest are dropped."""


class CaptureSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How patient the watchdog is. All in seconds."""

    look: Annotated[float, seconds(0.01, 10)] = 0.2
    """Between two looks at the streams."""
    stalled: Annotated[float, seconds(0.1, 60)] = 2.0
    """Without a block before a running stream counts as dead."""
    first_block: Annotated[float, seconds(0.1, 120)] = 6.0
    """The same for a stream just opened: a sound server flushes what it holds first."""
    ask_server: Annotated[float, seconds(0.1, 120)] = 3.0
    """Between two questions to the sound server whether it still has the source."""
    first_retry: Annotated[float, seconds(0.01, 60)] = 0.25
    longest_retry: Annotated[float, seconds(0.01, 120)] = 2.0
    silence_behind: Annotated[float, seconds(0.1, 10)] = 0.5
    """How far the silence of a side that is gone stays behind the clock."""
    follow_default: Annotated[float, seconds(0, 120)] = 2.0
    """For how long a lost source is asked for before the system's new default is taken. A
    headset that changes its profile comes back under another name."""


class CaptureState(enum.Enum):
    """How one side's stream is doing."""

    OPENING = "opening"
    RUNNING = "running"


class _CaptureSide:
    """One side of the call: its stream, its ring, its place in time."""

    def __init__(self, channel: Channel, source: SoundSource, ready: threading.Condition) -> None:
        self.channel = channel
        self.component = "far_end" if channel is Channel.CUSTOMER else "microphone"
        self.source = source
        self.wanted = source
        self.timeline = SampleClock(channel)
        self.ready = ready
        self.ring = Ring(ready)
        self.resampler = Resampler(SAMPLE_RATE)
        self.read_stream = 0  # the stream that the reader last saw a block of
        # The rest belongs to the watchdog; the reader looks at ``state`` and ``why`` only.
        self.state = CaptureState.OPENING
        self.stream: portaudio.InputStream | None = None
        self.number = 0
        self.why = ""  # the cause of the outage that is going on
        self.lost_at: float | None = None
        self.opened_at = 0.0
        self.last_block = 0.0
        self.in_place = False  # whether the server has told of this stream at its own source
        self.attempts = 0
        self.next_try = 0.0
        self.delays: deque[float] = deque(maxlen=50)

    @property
    def latency(self) -> float:
        """Seconds from the device to the program: what PortAudio measured of late."""
        if self.delays:
            return statistics.median(self.delays)
        return self.stream.reported if self.stream else 0.0

    def may_follow(self, source: str) -> bool:
        """Whether the server may take the stream to ``source``: the new default microphone.

        The far end has no such: what the server takes it to is most often the agent's microphone.
        """
        return (
            self.channel is not Channel.CUSTOMER
            and self.wanted.default
            and not source.endswith(pulse.MONITOR)
        )


class LiveCapture:
    """Both sides of a live call, or one microphone for both; see the head of this file.

    ``clock`` gives call time in seconds; every chunk and fact carries it. A sample's call time
    is when it reached the program, less PortAudio's stated latency and its block's length.
    """

    def __init__(
        self,
        agent: SoundSource,
        customer: SoundSource | None,
        clock: Clock,
        settings: CaptureSettings | None = None,
    ) -> None:
        """``customer``: None where the agent's source carries both; its sound is MIXED then."""
        self._clock = clock
        self._settings = settings or CaptureSettings()
        self._ready = threading.Condition()
        self._sides: tuple[_CaptureSide, ...] = (_CaptureSide(Channel.MIXED, agent, self._ready),)
        if customer is not None:
            self._sides = (
                _CaptureSide(Channel.AGENT, agent, self._ready),
                _CaptureSide(Channel.CUSTOMER, customer, self._ready),
            )
        self._facts: deque[Fact] = deque(maxlen=NEWS)
        self._stopping = threading.Event()
        self._asked = 0.0
        self._failed: list[portaudio.InputStream] = []
        self._watchdog = threading.Thread(target=self._watch, name="capture", daemon=True)

    @property
    def latency(self) -> dict[Channel, float]:
        """Seconds of latency achieved on each side, device to program."""
        return {side.channel: side.latency for side in self._sides}

    @property
    def sources(self) -> dict[Channel, SoundSource]:
        """What each side is taken from; may change when a default device does."""
        return {side.channel: side.source for side in self._sides}

    def start(self) -> None:
        """Begin; returns at once. DeviceError where PortAudio is missing.

        A device that cannot be opened is not an error but Degraded, and tried again.
        """
        portaudio.load()
        self._watchdog.start()

    def read(self, timeout: float) -> list[Chunk | Fact]:
        """Wait until there is sound or news, at most ``timeout`` seconds, and give all of it.

        The chunks of one channel join without a gap. After ``stop`` it gives what is left and
        then nothing. Called from one thread only.
        """
        with self._ready:
            self._ready.wait_for(self._something, timeout)
            facts = list(self._facts)
            self._facts.clear()
            taken = [side.ring.take() for side in self._sides]
        placed: list[Chunk | AudioGap] = []
        for side, blocks in zip(self._sides, taken, strict=True):
            for block in blocks:
                placed += self._place(side, block)
            if not blocks:
                placed += self._silence(side)
        placed.sort(key=lambda item: item.start)
        return [*facts, *placed]

    def stop(self) -> None:
        """Close the devices; safe to call twice."""
        self._stopping.set()
        with self._ready:
            self._ready.notify_all()
        if self._watchdog.is_alive():
            # A hung sound server may hold the watchdog; the process need not wait for it.
            self._watchdog.join(timeout=2.0)

    # --- the reader's side -------------------------------------------------------------------

    def _something(self) -> bool:
        return bool(
            self._facts or self._stopping.is_set() or any(side.ring for side in self._sides)
        )

    def _place(self, side: _CaptureSide, block: Block) -> list[Chunk | AudioGap]:
        stream = side.stream
        delay = max(0.0, stream.reported - portaudio.BLOCK) if stream else 0.0
        ended = block.arrived - delay
        renewed = block.stream != side.read_stream
        if renewed:
            side.read_stream = block.stream
            side.resampler = Resampler(block.rate, block=portaudio.BLOCK)
        samples = side.resampler.push(block.samples)
        if renewed:
            return list(side.timeline.resume(samples, ended, side.why or "the device was away"))
        lost = round(block.lost * SAMPLE_RATE / block.rate)
        return list(side.timeline.place(samples, ended, lost=lost))

    def _silence(self, side: _CaptureSide) -> list[Chunk | AudioGap]:
        """While its device is gone, a side runs on as silence."""
        now = self._clock()
        if self._stopping.is_set():
            return list(side.timeline.settle(now, side.why or "the device was away"))
        if side.lost_at is None:
            return []
        return list(side.timeline.fill(now - self._settings.silence_behind, now, side.why))

    # --- the watchdog's side -----------------------------------------------------------------

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._look_round()
            self._stopping.wait(self._settings.look)
        for side in self._sides:
            self._discard(side)
        self._close_failed()

    def _look_round(self) -> None:
        for side in self._sides:
            try:
                self._look(side)
            except Exception as error:  # noqa: BLE001 - the watchdog must outlive surprises
                self._fail(side, f"{type(error).__name__}: {error}")
        self._ask_server()
        if not any(map(self._falls_silent, self._sides)):
            self._close_failed()

    def _falls_silent(self, side: _CaptureSide) -> bool:
        """Whether a side may be about to fail.

        With a hung sound server closing what has failed does not return, and nobody would tell of
        the other side.
        """
        lately = max(side.last_block, side.opened_at)
        return side.stream is not None and self._clock() - lately > self._settings.look

    def _look(self, side: _CaptureSide) -> None:
        now = self._clock()
        if side.stream is None:
            if now >= side.next_try and not self._failed:
                self._open(side)
            return
        if not side.stream.active:
            self._fail(side, "the sound device or its server has stopped")
        elif side.state is CaptureState.RUNNING and now - side.last_block > self._settings.stalled:
            self._fail(side, "no sound arrives from the device")
        elif (
            side.state is CaptureState.OPENING and now - side.opened_at > self._settings.first_block
        ):
            self._fail(side, "the device was opened but gives no sound")
        elif side.state is CaptureState.OPENING and side.last_block > side.opened_at:
            self._recover(side)

    def _open(self, side: _CaptureSide) -> None:
        now = self._clock()
        side.attempts += 1
        source = self._present(side, now)
        number = side.number + 1
        try:
            _expect(source)
            if not portaudio.has(source.device):
                self._look_anew(side)
            side.stream = portaudio.InputStream(
                source.device,
                "" if source.pulse else source.host,
                source.pulse,
                self._deliver(side, number),
            )
        except CoachError as error:
            self._fail(side, str(error))
            return
        side.source = source
        side.in_place = False
        side.number = number
        side.delays.clear()
        side.opened_at = now
        side.state = CaptureState.OPENING

    def _deliver(self, side: _CaptureSide, number: int) -> portaudio.Deliver:
        """What PortAudio's thread does with a block: stamp it, put it away, return."""

        def deliver(samples: Samples, rate: int, delay: float) -> None:
            now = self._clock()
            side.last_block = now
            if 0 < delay < 1:
                side.delays.append(delay)
            side.ring.put(Block(stream=number, arrived=now, samples=samples, rate=rate))

        return deliver

    def _present(self, side: _CaptureSide, now: float) -> SoundSource:
        """The source to open: the one that was chosen, or the default that took its place."""
        lost_for = now - side.lost_at if side.lost_at is not None else 0.0
        if not side.wanted.default or lost_for < self._settings.follow_default:
            return side.wanted
        with contextlib.suppress(CoachError):
            microphone, far_end = devices.picks(devices.list_devices())
            pick = far_end if side.channel is Channel.CUSTOMER else microphone
            if pick.source is not None:
                return pick.source
        return side.wanted

    def _look_anew(self, side: _CaptureSide) -> None:
        """Let PortAudio see new devices, for which no stream may be open.

        With the other side healthy that costs it a moment's sound: done ever more rarely, and
        not for a sound server, whose sources PortAudio does not list.
        """
        others = [one for one in self._sides if one is not side and one.stream is not None]
        if others and (side.wanted.pulse or side.attempts not in (4, 16, 64, 256)):
            return
        for other in others:
            self._fail(other, "the sound devices are looked for again")
        self._close_failed()
        portaudio.refresh()

    def _fail(self, side: _CaptureSide, why: str) -> None:
        """The side has no sound: say so once, and set the time of the next try."""
        now = self._clock()
        self._discard(side)
        delay = self._settings.first_retry * 2 ** min(side.attempts, 10)
        side.next_try = now + min(delay, self._settings.longest_retry)
        with self._ready:
            side.state = CaptureState.OPENING
            if side.lost_at is None:
                side.lost_at = now
                side.why = why
                self._facts.append(Degraded(at=now, component=side.component, detail=why))
            self._ready.notify_all()

    def _recover(self, side: _CaptureSide) -> None:
        side.attempts = 0
        with self._ready:
            side.state = CaptureState.RUNNING
            if side.lost_at is not None:
                side.lost_at = None
                self._facts.append(
                    Recovered(at=self._clock(), component=side.component, detail=side.source.title)
                )
            self._ready.notify_all()

    def _ask_server(self) -> None:
        """A server moves streams to another source without a word.

        It does so where their own has gone, and where it is there and the default has changed, as
        when a headset is plugged in again: both sides would hear one person. What it tells of a
        stream counts once it has told of that stream at its own source.
        """
        now = self._clock()
        running = [side for side in self._sides if side.stream is not None and side.source.pulse]
        if not running or now - self._asked < self._settings.ask_server:
            return
        self._asked = now
        present = pulse.present()
        if present is None:
            return
        for side in running:
            if side.source.pulse not in present.sources:
                self._fail(side, f"{side.source.title} has gone")
            elif side.stream is not None:
                self._see_that_it_stays(side, present.streams.get(side.stream.tag, ""))

    def _see_that_it_stays(self, side: _CaptureSide, given: str) -> None:
        if given == side.source.pulse:
            side.in_place = True
        elif given and side.in_place and not side.may_follow(given):
            self._fail(side, f"the sound server gave {given} in the place of {side.source.title}")

    def _discard(self, side: _CaptureSide) -> None:
        stream, side.stream = side.stream, None
        if stream is not None:
            self._failed.append(stream)

    def _close_failed(self) -> None:
        """Closing comes last: with a hung sound server it does not return."""
        while self._failed:
            self._failed.pop().close()


def _expect(source: SoundSource) -> None:
    """See that a sound server answers and has the source, before PortAudio is asked for it.

    PortAudio would wait without end for a hung server, and a server would give another source
    in the place of one that is not there.
    """
    if not source.pulse:
        return
    names = pulse.source_names()
    if names is None:
        raise DeviceError("The sound server does not answer.", "Start it, and try again.")
    if source.pulse not in names:
        raise DeviceError(f"{source.title} is not there.", "Plug it in, or choose another.")
