"""The recogniser: one blocking call that turns sound into words with times and confidence.

Theory of operation.

- A clip is encoded with a few seconds of silence behind it, and remembered silence behind that,
  instead of in a full window (``audio.recognition.encoder``).
- A token cap by duration bounds every decode. A repetition, words that the sound does not
  bear out (a decoder at a loss copies its prompt) and far too few words send the decode back, at
  full context and without the setting; what still repeats is cut to the rounds that somebody said,
  and marked (``audio.recognition.loops``).
- Where the words are unlikely, the sound is asked for its language. Foreign speech is decoded in
  its own, where that is likelier, and marked (``DecodeResult.foreign``).
- Clips that are asked for together are decoded together, those of like length
  (``Transcriber.decode_all``), by the same rules as alone.
- What was said before goes in as a text prompt, and for second looks as joined sound with its
  text forced, which gives the decoder the context that short telephone turns lack.

Word times and probabilities come from one teacher-forced pass (CTranslate2's ``align``).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits

from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Word
from coach.parameters import number, quantity, seconds

from .decoding import TELLING, UNKNOWN, DecodeRequest, DecodeResult, Purpose, in_call_time
from .encoder import WINDOW_SECONDS, Encoded, SpeechEncoder
from .looks import Look, answered, looks_at, mean_logprob, other_letters
from .loops import PlacedWord, says_again, without_loop
from .packing import joined, likelier_in_context, packs, settled, shared_out
from .words_of_tokens import words_of

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer

_PROMPT = 220
"""Tokens of prompt; Whisper leaves 223 positions for what came before."""
_STRANGE = -0.4
"""Mean log probability below which it is asked whether the language is the right one. What the
decoder translates comes fluent: foreign sentences, decoded as English, had up to -0.53."""
_STRANGE_DRAFT = -0.6
"""Likewise of a draft, of which there are many."""
_ASKED = 0.1
"""Probability below which the language is not the one asked for..."""
_UNLIKELY = -0.6
_LONGER = 2.5
_ASKED_UNLIKELY = 0.6
"""...and that of words less likely than so in so many seconds or more: German of which the decoder
makes nothing goes for English with 0.38 to 0.56, unlikely words of telephone English with 0.82 and
more, likely ones with 0.27 and more."""
_TOGETHER = 60.0
"""Seconds of sound, silence behind it included, decoded together at most: what a step of the
decoder costs is mostly reading its weights, once for all of them, but more takes more memory."""
_MOST_STEPS = 220
"""Whisper has 448 positions, half of them for the answer."""


class TranscriberSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How sound is decoded."""

    threads: Annotated[int, number(1, 64)] = 1
    """Processor threads of one decode. One wastes nothing; with two decodes at a time two
    cores are busy."""
    workers: Annotated[int, number(1, 16)] = 2
    """Decodes that may run at a time."""
    compute_type: str = "int8"
    padding: Annotated[float, seconds(0, 29)] = 8.0
    """Seconds of encoded silence behind the speech in pauses and finals; remembered silence
    follows it."""
    draft_padding: Annotated[float, seconds(0, 29)] = 3.0
    """Likewise for drafts, which are replaced within a second and must be cheap."""
    joined_padding: Annotated[float, seconds(0, 29)] = 2.0
    """Likewise behind phrases that are joined, where less is needed."""
    alone_padding: Annotated[float, seconds(0, 29)] = 3.0
    """Likewise behind a phrase that its window did not settle."""
    remembered: Annotated[int, number(0, 1500, "positions")] = 150
    """Positions of remembered silence behind the encoded; 50 do nearly as well as 300."""
    joined_remembered: Annotated[int, number(0, 1500, "positions")] = 50
    """Likewise where many phrases are decoded together."""
    tokens_per_second: Annotated[float, quantity(1, 50, "tokens a second")] = 7.0
    """Cap on tokens: fast speech is about 4.5 words a second of 1.3 tokens."""
    spare_tokens: Annotated[int, number(0, 200, "tokens")] = 6
    """Added to the cap, for numbers that spell long and for punctuation."""
    setting: str = (
        "Hello, thank you for calling customer service. How can I help you today? Hi, I have a "
        "problem with my account and I would like to speak to somebody. Alright. I'm sorry to "
        "hear that. Is there anything else I can help you with? No, that's all I needed today. "
        "Okay, well, thank you. You too. Have a good day."
    )
    """Sentences typical of the calls, put before every English decode as a prompt. No names
    and no numbers: they would turn up where others were said."""
    vocabulary: str = ""
    """Names and terms to expect, put before every decode as a prompt."""


class _Asked(NamedTuple):
    """A look and the sound it is at, with earlier speech in front."""

    look: Look
    joined: Samples
    before: str
    """What was said in the earlier speech."""


class _ModelAnswer(NamedTuple):
    """What the model answered."""

    tokens: list[int]
    placed: list[PlacedWord]
    no_speech: float


class Transcriber:
    """A loaded model. ``decode`` may be called from as many threads as there are workers."""

    def __init__(self, model_folder: Path, settings: TranscriberSettings | None = None) -> None:
        from faster_whisper import WhisperModel  # noqa: PLC0415 - slow: only where it is needed

        self.settings = settings or TranscriberSettings()
        # The threads of numpy's matrix library spin while they wait for work: left alone they
        # took a third of all the computing, for matrices too small to gain by them.
        threadpool_limits(1, user_api="blas")
        self._model = WhisperModel(
            str(model_folder),
            device="cpu",
            compute_type=self.settings.compute_type,
            cpu_threads=self.settings.threads,
            num_workers=self.settings.workers,
            local_files_only=True,
        )
        self._encoder = SpeechEncoder(self._model, self.settings.remembered)
        self._tokenizers: dict[str, Tokenizer] = {}

    def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one request; blocks."""
        if request.purpose is Purpose.DRAFT:
            return self._decode(request, self.settings.draft_padding)
        looks = looks_at(request, self.settings.padding, self._languages_of)
        return answered([looks], self._one_by_one)[0]

    def decode_all(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        """Decode pauses and finals of a call together; blocks. The results are in their order.

        A side's phrases are first decoded as one sound (``audio.recognition.packing``). Those that
        this does not settle are decoded as ``decode`` does, those of like length together.
        """
        shares = self._packed(requests)
        results = {
            place: share
            for place, share in shares.items()
            if settled(share) and self._is(share.request, share.words)
        }
        left = [place for place in range(len(requests)) if place not in results]
        looks = [
            looks_at(requests[place], self.settings.alone_padding, self._languages_of)
            for place in left
        ]
        for place, alone in zip(left, answered(looks, self._decode_all), strict=True):
            share = shares.get(place)
            results[place] = alone if share is None else likelier_in_context(share, alone)
        return [results[place] for place in range(len(requests))]

    def _packed(self, requests: Sequence[DecodeRequest]) -> dict[int, DecodeResult]:
        """What joined decodes say, by the place of the request."""
        found = packs(requests)
        members = [[requests[place] for place in pack] for pack in found]
        looks = [Look(joined(one), self.settings.joined_padding) for one in members]
        return {
            place: share
            for pack, one, result in zip(found, members, self._decode_all(looks), strict=True)
            for place, share in zip(pack, shared_out(result, one), strict=True)
        }

    def _one_by_one(self, looks: Sequence[Look]) -> list[DecodeResult]:
        return [self._decode(one.request, one.padding, setting=one.setting) for one in looks]

    def _decode(
        self, request: DecodeRequest, padding: float, *, setting: bool = True
    ) -> DecodeResult:
        return self._group([_asked(Look(request, padding, setting))])[0]

    def _decode_all(self, looks: Sequence[Look]) -> list[DecodeResult]:
        asked = [_asked(look) for look in looks]
        remembered = min(self.settings.joined_remembered, self.settings.remembered)
        results: dict[int, DecodeResult] = {}
        for places in together(asked):
            group = self._group([asked[place] for place in places], remembered)
            results.update(zip(places, group, strict=True))
        return [results[place] for place in range(len(asked))]

    def _group(self, asked: Sequence[_Asked], remembered: int | None = None) -> list[DecodeResult]:
        """Decode together what ``together`` has put together.

        ``remembered``: positions of remembered silence, if not as for a live call.
        """
        first = asked[0].look
        batch = self._encoder.encode_all([one.joined for one in asked], first.padding, remembered)
        language, probability = first.request.language or "", 1.0
        if not language:
            odds = self._languages(batch)
            language = max(odds, key=lambda one: odds[one])
            probability = odds[language]
        tokenizer = self._tokenizer(language)
        before = asked[0].before
        prefix: list[int] = tokenizer.encode(" " + before) if before else []
        context = self._prompt(tokenizer, language, first.request.prompt, setting=first.setting)
        prompt = context + _start(tokenizer) + prefix
        caps = [self._cap(one.look.request) for one in asked]
        steps = min(len(prefix) + max(caps), _MOST_STEPS)
        generated = self._model.model.generate(
            batch.memory,
            [prompt] * len(asked),
            beam_size=first.request.beam,
            # The library stops at half of this, or at this less the prompt, forced prefix
            # included in both counts.
            max_length=max(2 * steps, steps + len(prompt)),
            return_scores=True,
            return_no_speech_prob=True,
        )
        # The answer repeats the forced prefix.
        tokens = [
            [t for t in one.sequences_ids[0][len(prefix) :] if t < tokenizer.eot][:cap]
            for one, cap in zip(generated, caps, strict=True)
        ]
        return [
            self._result(
                one,
                _ModelAnswer(tokens[place], placed, float(generated[place].no_speech_prob)),
                looped=len(tokens[place]) >= caps[place],
                language=language,
                probability=probability,
            )
            for place, (one, placed) in enumerate(
                zip(asked, self._words(tokenizer, batch, prefix, tokens), strict=True)
            )
        ]

    def _result(
        self, asked: _Asked, said: _ModelAnswer, *, looped: bool, language: str, probability: float
    ) -> DecodeResult:
        request = asked.look.request
        kept = without_loop(said.tokens, said.placed, asked.joined)
        words = [one.word for one in kept]
        looped = looped or len(kept) < len(said.placed) or says_again(words, asked.before)
        if request.language and not self._is(request, words):
            language, probability = UNKNOWN, 0.0
        shift = request.end - len(asked.joined) / SAMPLE_RATE
        return DecodeResult(
            request=request,
            words=tuple(in_call_time(word, shift, request) for word in words),
            no_speech=said.no_speech,
            avg_logprob=mean_logprob(words),
            looped=looped,
            language=language,
            language_probability=probability,
        )

    def _cap(self, request: DecodeRequest) -> int:
        """The most tokens that a sound can hold."""
        return int(self.settings.tokens_per_second * request.seconds) + self.settings.spare_tokens

    def _is(self, request: DecodeRequest, words: Sequence[Word]) -> bool:
        """Whether the sound is of the language asked for; looked into only where it is unlikely."""
        if not _strange(request, words) or not self._model.model.is_multilingual:
            return True
        unlikely = bool(words) and mean_logprob(words) < _UNLIKELY and request.seconds >= _LONGER
        least = _ASKED_UNLIKELY if unlikely else _ASKED
        return self._languages_of(request).get(request.language or "", 0.0) >= least

    def _languages_of(self, request: DecodeRequest) -> dict[str, float]:
        """The probability of each language in the sound of a request."""
        return self._languages(self._encoder.encode(request.samples, self.settings.padding))

    def _languages(self, encoded: Encoded) -> dict[str, float]:
        """The probability of each language."""
        found = self._model.model.detect_language(encoded.memory)[0]
        return {code[2:-2]: float(probability) for code, probability in found}

    def _words(
        self, tokenizer: Tokenizer, encoded: Encoded, prefix: list[int], tokens: list[list[int]]
    ) -> list[list[PlacedWord]]:
        """The new words of each clip with times relative to the joined sound."""
        if not any(tokens):
            return [[] for _ in tokens]
        aligned = self._model.model.align(
            encoded.memory,
            list(tokenizer.sot_sequence),
            [[*prefix, *one] for one in tokens],
            list(encoded.frames),
            median_filter_width=7,
        )
        return [
            words_of(tokenizer, len(prefix), one, found, frames) if one else []
            for one, found, frames in zip(tokens, aligned, encoded.frames, strict=True)
        ]

    def _tokenizer(self, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - as above

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]

    def _prompt(
        self, tokenizer: Tokenizer, language: str, before: str, *, setting: bool
    ) -> list[int]:
        """What precedes the answer as text: the setting, the vocabulary, what was said before.

        Where room is short the vocabulary comes first, then the setting, whole or not at all.
        """

        def encoded(text: str) -> list[int]:
            tokens: list[int] = tokenizer.encode(" " + text) if text else []
            return tokens

        names = encoded(self.settings.vocabulary)[:_PROMPT]
        typical = encoded(self.settings.setting) if setting and language == "en" else []
        if len(typical) + len(names) > _PROMPT:
            typical = []
        room = _PROMPT - len(typical) - len(names)
        said = encoded(before)[-room:] if room else []
        text = typical + names + said
        return [tokenizer.sot_prev, *text] if text else []


def _strange(request: DecodeRequest, words: Sequence[Word]) -> bool:
    """Whether the language of a decode is worth a look.

    It is with forced text in front, which a decoder at a loss repeats, as sure as can be, and
    where letters tell that words are not English, however likely they are.
    """
    bound = _STRANGE_DRAFT if request.purpose is Purpose.DRAFT else _STRANGE
    unlikely = not words or mean_logprob(words) < bound
    unlikely = unlikely or (request.language == "en" and other_letters(words) is not None)
    return request.seconds >= TELLING and (unlikely or request.unsure or bool(request.earlier))


def _asked(look: Look) -> _Asked:
    earlier = look.request.earlier
    joined = np.concatenate([*(one.samples for one in earlier), look.request.samples])
    return _Asked(look, joined, " ".join(one.text for one in earlier))


def together(asked: Sequence[_Asked], most: float = _TOGETHER) -> list[list[int]]:
    """Which of them are decoded together: what is asked alike, and of like length.

    Those with forced text in front, or whose language is to be found, are decoded alone. The
    places of each group, whose windows are no longer than ``most`` seconds in all.
    """
    alike: dict[Hashable, list[int]] = {}
    for place, one in enumerate(asked):
        request = one.look.request
        alone = place if request.earlier or not request.language else -1
        key = (alone, *one.look[1:], request.language, request.prompt, request.beam)
        alike.setdefault(key, []).append(place)
    groups: list[list[int]] = []
    for places in alike.values():
        group: list[int] = []
        for place in sorted(places, key=lambda place: len(asked[place].joined)):
            longest = len(asked[place].joined) / SAMPLE_RATE + asked[place].look.padding
            if not group or (len(group) + 1) * min(longest, WINDOW_SECONDS) > most:
                group = []
                groups.append(group)
            group.append(place)
    return groups


def _start(tokenizer: Tokenizer) -> list[int]:
    return [*tokenizer.sot_sequence, tokenizer.no_timestamps]
