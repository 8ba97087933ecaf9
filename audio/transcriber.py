"""The recogniser: one blocking call that turns sound into words with times and confidence.

Theory of operation.

- A clip is encoded with a few seconds of silence behind it, and remembered silence behind that,
  instead of in a full window (``audio.encoder``).
- A token cap by duration bounds every decode. A repetition, words that the sound does not
  bear out (a decoder at a loss copies its prompt) and far too few words send the decode back, at
  full context and without the setting; what still repeats is cut to the rounds that somebody said,
  and marked (``audio.loops``).
- Where the words are unlikely, the sound is asked for its language. Foreign speech is decoded in
  its own, where that is likelier, and marked (``DecodeResult.foreign``).
- What was said before goes in as a text prompt, and for second looks as joined sound with its
  text forced, which gives the decoder the context that short telephone turns lack.

Word times and probabilities come from one teacher-forced pass (CTranslate2's ``align``).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits

from coach.events import Word
from coach.parameters import number, quantity, seconds

from .chunks import SAMPLE_RATE
from .decoding import UNKNOWN, DecodeRequest, DecodeResult, Purpose, likelier
from .encoder import (
    FRAMES_PER_SECOND,
    POSITIONS_PER_SECOND,
    WINDOW_SECONDS,
    Encoded,
    Encoder,
)
from .loops import Placed, says_again, without_loop

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer

_PROMPT = 220
"""Tokens of prompt; Whisper leaves 223 positions for what came before."""
_GUESSING = -1.0
"""Whisper's own bound for the mean log probability of a decode that is done again."""
_LONG = 4.0
"""Seconds from which a clip must bring words..."""
_LEAST_PACE = 0.5
"""...at least so many a second; people say two to four. With fewer the decoder has stopped in the
middle."""
_STRANGE = -0.6
"""Mean log probability below which it is asked whether the language is the right one: of 14 foreign
sentences, decoded as English, the likeliest had -0.76."""
_TELLING = 2.0
"""Seconds of sound from which it can be told; shorter English goes for Thai or Chinese."""
_ASKED = 0.2
"""Probability below which the language is not the one asked for. English sentences of `_TELLING`
and more in bank calls had 0.43 at least, 14 in Spanish, German and French 0.14 at most."""
_LIKELIER = 0.2
"""By how much a decode in another language is better at least."""
_REST = 0.8
"""Seconds of speech behind the last word that are worth a decode of their own: four words."""
_RESTS = 3
"""Such decodes of one sound at most."""
_SURE_REST = -0.5
"""Mean log probability from which their words are taken: every one at 0.6."""
_MOST_STEPS = 220
"""Whisper has 448 positions, half of them for the answer."""

_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages written without spaces; Whisper's tokenizer cuts them by character."""


class TranscriberSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How sound is decoded."""

    threads: Annotated[int, number(1, 64)] = 1
    """Processor threads of one decode. One wastes nothing; with two decodes at a time two
    cores are busy."""
    workers: Annotated[int, number(1, 16)] = 2
    """Decodes that may run at a time."""
    compute_type: str = "int8"
    padding: Annotated[float, seconds(0, 29)] = 8.0
    """Seconds of encoded silence behind the speech in pauses and finals. Measured on telephone
    calls with silence remembered behind it (from a window of silence alone), word errors of
    whole utterances: 15.2 % with 2 s, 12.0 % with 4 s, 11.8 % with 8 s, 11.4 % with all that
    30 s leave; in whole calls 5 s cost up to one word in sixty more than 8 s."""
    draft_padding: Annotated[float, seconds(0, 29)] = 3.0
    """Likewise for drafts, which are replaced within a second and must be cheap. Agreement of
    half utterances with their decode in a full window, silence remembered behind speech: 73 % of
    words with 1 s, 77 % with 2 s, 79 % with 3 s; 83 % with 8 s and none remembered."""
    remembered: Annotated[int, number(0, 1500, "positions")] = 150
    """Positions of remembered silence behind the encoded; 50 do nearly as well as 300."""
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
    and no numbers: they would turn up where others were said. Words wrong in 75 utterances of
    telephone calls, and in 150 made from them at other speeds: without a setting 14.4 and
    14.9 %, with four short sentences 12.0 and 12.0 %, with these 7.5 and 10.0 %. Of the
    last step three sevenths are only that the references write "alright", as these do."""
    vocabulary: str = ""
    """Names and terms to expect, put before every decode as a prompt."""


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
        self._encoder = Encoder(self._model, self.settings.remembered)
        self._tokenizers: dict[str, Tokenizer] = {}

    def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one request; blocks."""
        if request.purpose is Purpose.DRAFT:
            return self._decode(request, self.settings.draft_padding)
        result = self._decode(request, self.settings.padding)
        if result.foreign:
            result = self._as_spoken(result)
            if result.words:
                return result
            result = result._replace(language=request.language or "")
        for beam in (request.beam, 1):
            if not _failed(result):
                break
            # A wide search may prefer to end early where the greedy one goes on.
            narrowed = request._replace(beam=beam)
            result = _better(result, self._decode(narrowed, WINDOW_SECONDS, setting=False))
        return self._with_rest(result)

    def _with_rest(self, result: DecodeResult) -> DecodeResult:
        """The words, and those of the speech behind the last one if the decoder stopped early.

        It does so most often where a sentence is said again.
        """
        request = result.request
        for _ in range(_RESTS):
            at = result.words[-1].end if result.words else math.inf
            if (
                result.looped
                or request.spoken_until - at < _REST
                or math.isinf(request.spoken_until)
            ):
                break
            behind = request.samples[round((at - request.start) * SAMPLE_RATE) :]
            asked = request._replace(start=at, samples=behind, earlier=(), prompt="")
            rest = self._decode(asked, self.settings.padding)
            if not rest.words or rest.looped or rest.foreign or rest.avg_logprob < _SURE_REST:
                break
            words = (*result.words, *rest.words)
            result = result._replace(words=words, avg_logprob=_mean_logprob(list(words)))
        return result

    def _decode(
        self, request: DecodeRequest, padding: float, *, setting: bool = True
    ) -> DecodeResult:
        joined = np.concatenate([*(one.samples for one in request.earlier), request.samples])
        encoded = self._encoder.encode(joined, padding)
        language, probability = request.language or "", 1.0
        if not language:
            odds = self._languages(encoded)
            language = max(odds, key=lambda one: odds[one])
            probability = odds[language]
        tokenizer = self._tokenizer(language)
        before = " ".join(one.text for one in request.earlier)
        prefix: list[int] = tokenizer.encode(" " + before) if before else []
        context = self._prompt(tokenizer, language, request.prompt, setting=setting)
        prompt = context + _start(tokenizer) + prefix
        cap = int(self.settings.tokens_per_second * request.seconds) + self.settings.spare_tokens
        steps = min(len(prefix) + cap, _MOST_STEPS)
        generated = self._model.model.generate(
            encoded.memory,
            [prompt],
            beam_size=request.beam,
            # The library stops at half of this, or at this less the prompt, forced prefix
            # included in both counts.
            max_length=max(2 * steps, steps + len(prompt)),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        # The answer repeats the forced prefix.
        tokens = [t for t in generated.sequences_ids[0][len(prefix) :] if t < tokenizer.eot]
        placed = self._words(tokenizer, encoded, prefix, tokens)
        kept = without_loop(tokens, placed, joined)
        words = [one.word for one in kept]
        looped = len(kept) < len(placed) or len(tokens) >= cap or says_again(words, before)
        if request.language and not self._is(request, encoded, words):
            language, probability = UNKNOWN, 0.0
        shift = request.end - len(joined) / SAMPLE_RATE
        return DecodeResult(
            request=request,
            words=tuple(_in_call_time(word, shift, request) for word in words),
            no_speech=float(generated.no_speech_prob),
            avg_logprob=_mean_logprob(words),
            looped=looped,
            language=language,
            language_probability=probability,
        )

    def _is(self, request: DecodeRequest, encoded: Encoded, words: list[Word]) -> bool:
        """Whether the sound is of the language asked for; looked into only where it is unlikely."""
        if not _strange(request, words) or not self._model.model.is_multilingual:
            return True
        if request.earlier:
            encoded = self._encoder.encode(request.samples, self.settings.padding)
        return self._languages(encoded).get(request.language or "", 0.0) >= _ASKED

    def _languages(self, encoded: Encoded) -> dict[str, float]:
        """The probability of each language."""
        found = self._model.model.detect_language(encoded.memory)[0]
        return {code[2:-2]: float(probability) for code, probability in found}

    def _as_spoken(self, result: DecodeResult) -> DecodeResult:
        """Foreign speech in the language that it seems to be in, if that is likelier."""
        request = result.request
        odds = self._languages(self._encoder.encode(request.samples, self.settings.padding))
        code = max(odds, key=lambda one: odds[one])
        alone = request._replace(earlier=(), prompt="")
        if request.earlier:
            # With forced text in front, the words may be that text over again.
            again = self._decode(alone, self.settings.padding, setting=False)
            result = again._replace(request=request, language=UNKNOWN)
        other = self._decode(alone._replace(language=code), self.settings.padding)
        sure = other.words and not other.looped and other.avg_logprob >= _GUESSING
        before = result.avg_logprob if result.words else _GUESSING
        if not sure or other.avg_logprob < before + _LIKELIER:
            return result
        return other._replace(request=request, language_probability=odds[code])

    def _words(
        self, tokenizer: Tokenizer, encoded: Encoded, prefix: list[int], tokens: list[int]
    ) -> list[Placed]:
        """The new words with times relative to the joined sound."""
        if not tokens:
            return []
        text = [*prefix, *tokens]
        aligned = self._model.model.align(
            encoded.memory,
            list(tokenizer.sot_sequence),
            [text],
            encoded.frames,
            median_filter_width=7,
        )[0]
        first: dict[int, float] = {}
        for token, position in aligned.alignments:
            first.setdefault(token, position / POSITIONS_PER_SECOND)
        groups, members = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
        words: list[Placed] = []
        at = len(prefix)
        for group, ids in zip(groups, members, strict=True):
            text_of = group.strip()
            span = range(at, at + len(ids))
            at += len(ids)
            if not text_of or ids[0] >= tokenizer.eot:
                continue
            start = first.get(span.start, first.get(span.stop - 1, 0.0))
            end = first.get(span.stop, encoded.frames / FRAMES_PER_SECOND)
            chances = [aligned.text_token_probs[i] for i in span if i < len(text)]
            mean = float(np.mean(chances)) if chances else 0.0
            word = Word(text=text_of, start=start, end=max(start, end), confidence=mean)
            if words and _tied(group, tokenizer.language_code):
                before = words[-1].word
                tied = msgspec.structs.replace(before, text=before.text + text_of, end=word.end)
                words[-1] = words[-1]._replace(word=tied)
            else:
                words.append(Placed(word, span.start - len(prefix)))
        return words

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


def _strange(request: DecodeRequest, words: list[Word]) -> bool:
    """Whether the language of a decode is worth a look.

    It is with forced text in front, which a decoder at a loss repeats, as sure as can be.
    """
    unlikely = not words or _mean_logprob(words) < _STRANGE
    return request.seconds >= _TELLING and (unlikely or bool(request.earlier))


def _failed(result: DecodeResult) -> bool:
    """Whether a decode is to be made again.

    One made in a pause is not for guesses: others wait behind it, and a second look follows.
    """
    guessing = result.avg_logprob < _GUESSING and result.request.purpose is not Purpose.PAUSE
    return result.looped or _sparse(result) or guessing


def _better(one: DecodeResult, other: DecodeResult) -> DecodeResult:
    """The one that does not fail, else the likelier."""
    if _sparse(one) and not _failed(other):
        return other
    return likelier(one, other)


def _sparse(result: DecodeResult) -> bool:
    """Whether there are too few words for the length of the sound."""
    seconds = result.request.seconds
    return seconds >= _LONG and len(result.words) < _LEAST_PACE * seconds


def _start(tokenizer: Tokenizer) -> list[int]:
    return [*tokenizer.sot_sequence, tokenizer.no_timestamps]


def _in_call_time(word: Word, shift: float, request: DecodeRequest) -> Word:
    """The word in call time, inside the sound that was asked for."""
    start = min(max(word.start + shift, request.start), request.end)
    end = min(max(word.end + shift, start), request.end)
    return msgspec.structs.replace(word, start=start, end=end)


def _tied(group: str, language: str) -> bool:
    """Whether a piece of the tokenizer is no word of its own but belongs to the one before it.

    Those are punctuation, and what no space divides from it: the tokenizer cuts "527-419",
    "9.30", "a.m." and "check-in" before the mark.
    """
    unspaced = language in _UNSPACED
    return not any(c.isalnum() for c in group) or not (unspaced or group.startswith(" "))


def _mean_logprob(words: list[Word]) -> float:
    if not words:
        return 0.0
    return float(np.mean([np.log(max(word.confidence, 1e-6)) for word in words]))
