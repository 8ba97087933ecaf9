"""Which language a call is in, from the recogniser's opinions at its start.

One short utterance is a poor witness ("Okay", "Hello"), so opinions are weighed by how much was
said and how sure the recogniser was, over both channels, until one language has enough weight.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from audio.recognition.decoding import UNKNOWN, DecodeResult
from coach.parameters import seconds

NAMES = {
    "af": "Afrikaans",
    "am": "Amharic",
    "ar": "Arabic",
    "as": "Assamese",
    "az": "Azerbaijani",
    "ba": "Bashkir",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "bo": "Tibetan",
    "br": "Breton",
    "bs": "Bosnian",
    "ca": "Catalan",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fo": "Faroese",
    "fr": "French",
    "gl": "Galician",
    "gu": "Gujarati",
    "ha": "Hausa",
    "haw": "Hawaiian",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "ht": "Haitian Creole",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "jw": "Javanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "kn": "Kannada",
    "ko": "Korean",
    "la": "Latin",
    "lb": "Luxembourgish",
    "ln": "Lingala",
    "lo": "Lao",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mg": "Malagasy",
    "mi": "Maori",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mn": "Mongolian",
    "mr": "Marathi",
    "ms": "Malay",
    "mt": "Maltese",
    "my": "Burmese",
    "ne": "Nepali",
    "nl": "Dutch",
    "nn": "Norwegian Nynorsk",
    "no": "Norwegian",
    "oc": "Occitan",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sa": "Sanskrit",
    "sd": "Sindhi",
    "si": "Sinhala",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sn": "Shona",
    "so": "Somali",
    "sq": "Albanian",
    "sr": "Serbian",
    "su": "Sundanese",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "tg": "Tajik",
    "th": "Thai",
    "tk": "Turkmen",
    "tl": "Tagalog",
    "tr": "Turkish",
    "tt": "Tatar",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "yi": "Yiddish",
    "yo": "Yoruba",
    "yue": "Cantonese",
    "zh": "Chinese",
}
"""English names of all languages that the recogniser may name: it takes sound that it cannot place
for rare ones."""


def not_as_asked(asked: str, spoken: str) -> str:
    """That something else was spoken than ``asked``, and what, if that is known."""
    named = "" if spoken == UNKNOWN else f" but {NAMES.get(spoken, spoken)}"
    return f"not {NAMES.get(asked, asked)}{named}"


class LanguageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When to believe it."""

    enough: Annotated[float, seconds(0, 600)] = 5.0
    """Seconds of sound, weighed by probability, that decide."""
    longest: Annotated[float, seconds(0.1, 600)] = 5.0
    """Seconds that one opinion may count for: drafts of one utterance hear the same sound."""


class LanguageVote:
    """Collects opinions of one call."""

    def __init__(self, settings: LanguageSettings | None = None) -> None:
        self._settings = settings or LanguageSettings()
        self._weights: dict[str, float] = {}
        self._heard: dict[str, float] = {}

    def receive(self, result: DecodeResult) -> str | None:
        """Take in one opinion; the language once it is decided, else None."""
        if result.words:
            name = result.request.utterance
            fresh = max(0.0, result.request.end - self._heard.get(name, result.request.start))
            self._heard[name] = result.request.end
            weight = min(fresh, self._settings.longest) * result.language_probability
            self._weights[result.language] = self._weights.get(result.language, 0.0) + weight
        best = max(self._weights, key=lambda code: self._weights[code], default=None)
        if best is None or self._weights[best] < self._settings.enough:
            return None
        return best
