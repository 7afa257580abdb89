"""What a stock server calls its constants, in English: an instance may have labels of its own for the same ids."""

from collections.abc import Mapping
from typing import Final

_CATEGORIES: Final[Mapping[str, str]] = {
    "1": "Music", "2": "Films", "3": "Vehicles", "4": "Art", "5": "Sports", "6": "Travels", "7": "Gaming",
    "8": "People", "9": "Comedy", "10": "Entertainment", "11": "News & Politics", "12": "How To", "13": "Education",
    "14": "Activism", "15": "Science & Technology", "16": "Animals", "17": "Kids", "18": "Food",
}  # fmt: skip
_LICENCES: Final[Mapping[str, str]] = {
    "1": "Attribution", "2": "Attribution - Share Alike", "3": "Attribution - No Derivatives",
    "4": "Attribution - Non Commercial", "5": "Attribution - Non Commercial - Share Alike",
    "6": "Attribution - Non Commercial - No Derivatives", "7": "Public Domain Dedication",
    "8": "Free of known copyright restrictions", "9": "All Rights Reserved",
}  # fmt: skip
_PRIVACIES: Final[Mapping[str, str]] = {
    "1": "Public", "2": "Unlisted", "3": "Private", "4": "Internal", "5": "Password protected",
}  # fmt: skip
_LANGUAGES: Final[Mapping[str, str]] = {
    "aa": "Afar", "ab": "Abkhazian", "af": "Afrikaans", "ak": "Akan", "am": "Amharic", "an": "Aragonese",
    "ar": "Arabic", "as": "Assamese", "ase": "American Sign Language", "asq": "Austrian Sign Language",
    "av": "Avaric", "avk": "Kotava", "ay": "Aymara", "az": "Azerbaijani", "ba": "Bashkir", "be": "Belarusian",
    "bfi": "British Sign Language", "bg": "Bulgarian", "bi": "Bislama", "bm": "Bambara", "bn": "Bengali",
    "bo": "Tibetan", "br": "Breton", "bs": "Bosnian", "bzs": "Brazilian Sign Language", "ca": "Catalan",
    "ca-valencia": "Valencian", "ce": "Chechen", "ch": "Chamorro", "co": "Corsican", "cr": "Cree", "cs": "Czech",
    "cse": "Czech Sign Language", "csl": "Chinese Sign Language", "cv": "Chuvash", "cy": "Welsh", "da": "Danish",
    "de": "German", "dsl": "Danish Sign Language", "dv": "Dhivehi", "dz": "Dzongkha", "ee": "Ewe", "el": "Greek",
    "en": "English", "eo": "Esperanto", "es": "Spanish (Spain)", "es-419": "Spanish (Latin America)",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "ff": "Fulah", "fi": "Finnish", "fj": "Fijian",
    "fo": "Faroese", "fr": "French", "fse": "Finnish Sign Language", "fsl": "French Sign Language",
    "fy": "Western Frisian", "ga": "Irish", "gcf": "Guadeloupean Creole French", "gcr": "Guianese Creole French",
    "gd": "Scottish Gaelic", "gl": "Galician", "gn": "Guarani", "gsg": "German Sign Language",
    "gsw": "Swiss German", "gu": "Gujarati", "gv": "Manx", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi",
    "ho": "Hiri Motu", "hr": "Croatian", "ht": "Haitian", "hu": "Hungarian", "hy": "Armenian", "hz": "Herero",
    "id": "Indonesian", "ig": "Igbo", "ii": "Sichuan Yi", "ik": "Inupiaq", "is": "Icelandic", "it": "Italian",
    "iu": "Inuktitut", "ja": "Japanese", "jbo": "Lojban", "jsl": "Japanese Sign Language", "jv": "Javanese",
    "ka": "Georgian", "kab": "Kabyle", "kg": "Kongo", "ki": "Kikuyu", "kj": "Kuanyama", "kk": "Kazakh",
    "kl": "Kalaallisut", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "kr": "Kanuri", "ks": "Kashmiri",
    "ku": "Kurdish", "kv": "Komi", "kw": "Cornish", "ky": "Kirghiz", "la": "Latin", "lb": "Luxembourgish",
    "lg": "Ganda", "li": "Limburgan", "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian", "lu": "Luba-Katanga",
    "lv": "Latvian", "mg": "Malagasy", "mh": "Marshallese", "mi": "Maori", "mk": "Macedonian", "ml": "Malayalam",
    "mn": "Mongolian", "mr": "Marathi", "ms": "Malay (macrolanguage)", "mt": "Maltese", "my": "Burmese",
    "na": "Nauru", "nb": "Norwegian Bokmål", "nd": "North Ndebele", "ne": "Nepali (macrolanguage)", "ng": "Ndonga",
    "nl": "Dutch", "nn": "Norwegian Nynorsk", "no": "Norwegian", "nr": "South Ndebele", "nv": "Navajo",
    "ny": "Nyanja", "oc": "Occitan", "oj": "Ojibwa", "om": "Oromo", "or": "Oriya (macrolanguage)", "os": "Ossetian",
    "pa": "Panjabi", "pks": "Pakistan Sign Language", "pl": "Polish", "ps": "Pushto",
    "pt": "Portuguese (Brazilian)", "pt-PT": "Portuguese (Portugal)", "qu": "Quechua",
    "rcf": "Réunion Creole French", "rm": "Romansh", "rn": "Rundi", "ro": "Romanian",
    "rsl": "Russian Sign Language", "ru": "Russian", "rw": "Kinyarwanda", "sc": "Sardinian", "sd": "Sindhi",
    "sdl": "Saudi Arabian Sign Language", "se": "Northern Sami", "sfs": "South African Sign Language",
    "sg": "Sango", "sh": "Serbo-Croatian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sm": "Samoan",
    "sn": "Shona", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "ss": "Swati", "st": "Southern Sotho",
    "su": "Sundanese", "sv": "Swedish", "sw": "Swahili (macrolanguage)", "swl": "Swedish Sign Language",
    "ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai", "ti": "Tigrinya", "tk": "Turkmen", "tl": "Tagalog",
    "tlh": "Klingon", "tn": "Tswana", "to": "Tonga (Tonga Islands)", "tok": "Toki Pona", "tr": "Turkish",
    "ts": "Tsonga", "tt": "Tatar", "tw": "Twi", "ty": "Tahitian", "ug": "Uighur", "uk": "Ukrainian", "ur": "Urdu",
    "uz": "Uzbek", "ve": "Venda", "vi": "Vietnamese", "wa": "Walloon", "wo": "Wolof", "xh": "Xhosa",
    "yi": "Yiddish", "yo": "Yoruba", "za": "Zhuang", "zh": "Chinese", "zh-Hans": "Simplified Chinese",
    "zh-Hant": "Traditional Chinese", "zu": "Zulu", "zxx": "No linguistic content",
}  # fmt: skip
LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "category": _CATEGORIES,
    "licence": _LICENCES,
    "privacy": _PRIVACIES,
    "language": _LANGUAGES,
}
