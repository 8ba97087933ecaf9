"""Word tables for ``rules.phrases.normalise``: contractions, spellings, hesitations, soft words.

Data only. Both transcripts and patterns pass through these tables, so that an entry need not
be good English, only the same on both sides.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(words.split())


def _numbered(words: str) -> dict[int, str]:
    return dict(enumerate(words.split()))


APOSTROPHES: Final = "\u2018\u2019\u201b\u02bc\u00b4`"

_NOT: Final = {
    "is": "isn", "are": "aren", "was": "wasn", "were": "weren", "do": "don", "does": "doesn",
    "did": "didn", "have": "haven", "has": "hasn", "had": "hadn", "would": "wouldn",
    "could": "couldn", "should": "shouldn", "must": "mustn", "need": "needn",
    "might": "mightn",
}  # fmt: skip
SCOTS: Final = {
    "cannae": ("can", "not"), "canna": ("can", "not"), "couldnae": ("could", "not"),
    "dinnae": ("do", "not"), "dinna": ("do", "not"), "didnae": ("did", "not"),
    "doesnae": ("does", "not"), "havenae": ("have", "not"), "hasnae": ("has", "not"),
    "hadnae": ("had", "not"), "isnae": ("is", "not"), "arenae": ("are", "not"),
    "wasnae": ("was", "not"), "werenae": ("were", "not"), "wouldnae": ("would", "not"),
    "shouldnae": ("should", "not"), "willnae": ("will", "not"), "winnae": ("will", "not"),
}  # fmt: skip
"""What Scots says for "can't" and its kin; the sentence encoder does not know these words."""
_SUBJECTS: Final = ("i", "you", "he", "she", "it", "we", "they", "that", "there", "who", "what")
_ENDINGS: Final = {"re": "are", "ve": "have", "ll": "will", "d": "would"}
_REAL_WORDS: Final = word_set(
    "ill id well were wed hell shell shed its lets whore thats here ire there"
)
"""Contractions whose bare letters are words of their own; they keep those letters' meaning."""


def _contractions() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for verb, stem in _NOT.items():
        table[f"{stem}'t"] = table[f"{stem}t"] = (verb, "not")
    for subject in _SUBJECTS:
        for ending, verb in _ENDINGS.items():
            table[f"{subject}'{ending}"] = (subject, verb)
            bare = f"{subject}{ending}"
            if bare not in _REAL_WORDS:
                table[bare] = (subject, verb)
    for subject in ("he", "she", "it", "that", "there", "who", "what", "where", "how", "here"):
        table[f"{subject}'s"] = (subject, "is")
    for bare in ("hes", "shes", "thats", "theres", "whats", "wheres", "whos", "heres", "hows"):
        table[bare] = (bare[:-1], "is")
    return table | {
        "i'm": ("i", "am"),
        "im": ("i", "am"),
        "you'r": ("you", "are"),
        "i'ma": ("i", "am", "going", "to"),
        "imma": ("i", "am", "going", "to"),
        "won't": ("will", "not"),
        "wont": ("will", "not"),
        "can't": ("can", "not"),
        "cant": ("can", "not"),
        "cannot": ("can", "not"),
        "shan't": ("will", "not"),
        "ain't": ("is", "not"),
        "aint": ("is", "not"),
        **SCOTS,
        "let's": ("let", "us"),
        "gonna": ("going", "to"),
        "gunna": ("going", "to"),
        "wanna": ("want", "to"),
        "gotta": ("got", "to"),
        "hafta": ("have", "to"),
        "oughta": ("ought", "to"),
        "lemme": ("let", "me"),
        "gimme": ("give", "me"),
        "dunno": ("do", "not", "know"),
        "kinda": ("kind", "of"),
        "sorta": ("sort", "of"),
        "outta": ("out", "of"),
        "lotta": ("lot", "of"),
        "coulda": ("could", "have"),
        "shoulda": ("should", "have"),
        "woulda": ("would", "have"),
        "y'all": ("you", "all"),
        "yall": ("you", "all"),
        "d'you": ("do", "you"),
        "alright": ("all", "right"),
        "wtf": ("what", "the", "fuck"),
        "shouldve": ("should", "have"),
        "couldve": ("could", "have"),
        "wouldve": ("would", "have"),
        "its": ("it", "is"),
        "o'clock": ("oclock",),
        "'cause": ("because",),
        "e": ("e",),
    }


CONTRACTIONS: Final = MappingProxyType(_contractions())

SUFFIXES: Final = MappingProxyType(
    {"'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}
)

IS_AFTER: Final = word_set("""
    he she it that this there here what who where how when why everything nothing something
    everyone nobody somebody someone anyone one
    """)
"""After these, 's is "is"; after a noun it is as often a possessive and is left out."""

HAS_AFTER_S: Final = word_set("""
    been got had gone taken left died passed collapsed stopped happened fallen hit tried called
    told given lost done said made
    """)
"""Before these participles, 's is read as "has"."""

HESITATIONS: Final = word_set(
    "um uh uhm umm er erm err ah ahh eh hm hmm hmmm mm mmm mhm uhh ugh huh"
)

SOFT: Final = word_set("""
    like just really actually literally basically honestly frankly simply seriously totally
    absolutely completely quite so very even please well oh okay still already bloody fucking
    damn damned goddamn goddamned freaking fricking frigging fecking effing flipping flaming
    sodding motherfucking blooming
    """)
"""Patterns step over these; a pattern that names one of them still asks for it."""

KIND_IS_A_NOUN_AFTER: Final = word_set(
    "some this that what any all one a your his her every same my these those the other"
)
"""After these, "kind of" and "sort of" name a kind; elsewhere they are fillers."""

KNOW_IS_A_VERB_BEFORE: Final = word_set(
    "do did if that as what how where who when why would let not dont which"
)
KNOW_IS_A_VERB_AFTER: Final = word_set(
    "what who how where why that when if about my your nothing damn"
)

ILL_AS_ADJECTIVE: Final = word_set("""
    am is are was were be been being feel feeling feels felt fell fall falling mentally
    seriously very really so terminally taken chronically critically quite got get getting makes
    made become became too still an the my his her their physically severely
    """)

STUTTERED: Final = word_set("""
    i you he she it we they the a an and but so to of in on at for with is am are was were my
    your his her our their this that these those what who how when where why if or not do does
    did have has had will would can could should going want just because me us them there be
    been get got been as about
    """)
"""Words nobody repeats on purpose; "no no no" is a cue and stays."""

NUMBERS: Final = MappingProxyType(
    _numbered("""
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen
    """)
)
TENS: Final = MappingProxyType(
    _numbered("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
)
ORDINALS: Final = MappingProxyType(
    _numbered("""
    zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
    """)
)
NUMBER_WORDS: Final = (
    *NUMBERS.values(),
    *(TENS[n] for n in range(2, 10)),
    "hundred",
    "thousand",
    "couple",
    "dozen",
)

MASKABLE: Final = (
    "fuck", "fucking", "fucked", "fucker", "fuckers", "fucks", "motherfucker", "motherfucking",
    "shit", "shitty", "shite", "bullshit", "bitch", "bitches", "bastard", "bastards",
    "asshole", "assholes", "ass", "arse", "cunt", "dick", "dickhead", "prick", "twat",
    "wanker", "wankers", "crap", "piss", "pissed", "damn", "goddamn", "hell", "whore", "slut",
    "nigger", "faggot",
)  # fmt: skip
"""Words that recognisers and writers hide behind asterisks, likeliest reading first."""

RESPELLED: Final = MappingProxyType(
    {
        "mum": "mom", "mam": "mom", "mums": "moms", "mummy": "mommy", "cheque": "check",
        "cheques": "checks", "colour": "color", "favour": "favor", "favourite": "favorite",
        "behaviour": "behavior", "honour": "honor", "neighbour": "neighbor",
        "neighbours": "neighbors", "humour": "humor", "centre": "center", "centres": "centers",
        "programme": "program", "defence": "defense", "licence": "license", "tyre": "tire",
        "tyres": "tires", "cancelled": "canceled", "cancelling": "canceling",
        "travelled": "traveled", "travelling": "traveling", "arsehole": "asshole",
        "arseholes": "assholes", "arse": "ass", "learnt": "learned", "whilst": "while",
        "cos": "because", "cuz": "because", "coz": "because", "cause": "because", "ya": "you",
        "yous": "you", "youse": "you", "u": "you", "ur": "your", "ok": "okay", "k": "okay",
        "yeh": "yeah", "yea": "yeah", "yep": "yes", "yup": "yes", "nope": "no", "nah": "no",
        "fuckin": "fucking", "fookin": "fucking", "feckin": "fecking", "effin": "effing",
        "freakin": "freaking", "friggin": "frigging", "frickin": "fricking", "flippin": "flipping",
        "goin": "going", "talkin": "talking", "doin": "doing", "gettin": "getting",
        "motherfuckin": "motherfucking", "dammit": "damn", "dammed": "damned", "goddam": "goddamn",
        "thru": "through", "tho": "though", "thnx": "thanks", "thx": "thanks", "pls": "please",
        "plz": "please", "ppl": "people", "mgr": "manager",
        "realise": "realize", "realised": "realized", "realising": "realizing",
        "judgement": "judgment", "grey": "gray", "aeroplane": "airplane", "tonite": "tonight",
        "storey": "story", "ageing": "aging", "pyjamas": "pajamas", "sceptical": "skeptical",
        "instalment": "installment", "instalments": "installments", "fulfil": "fulfill",
        "enrol": "enroll", "diarrhoea": "diarrhea", "haemorrhage": "hemorrhage",
        "haemorrhaging": "hemorrhaging", "anaesthetic": "anesthetic", "paediatric": "pediatric",
        "labelled": "labeled", "marvellous": "marvelous", "marvellously": "marvelously",
        "modelling": "modeling", "counsellor": "counselor",
    }
)  # fmt: skip
