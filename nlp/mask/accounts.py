"""Masks numbers of bank accounts, and telephone numbers or ids that are used for payments (PromptPay)."""

from __future__ import annotations

import re

from nlp.mask.number_forms import BANK_FORM, DAY, END, ID, LAUGH, PHONE
from nlp.mask.places_in_text import contains_any

_BANKS = (
    r"ธนาคาร|กสิกร|กรุงไทย|กรุงศรี|ไทยพาณิชย์|ออมสิน|ธ\.?ก\.?ส|ธอส|ยูโอบี|ทหารไทย|แบงก์|แบงค์|ทรูมันนี่|วอลเล็?[ทต]"
    r"|true ?money|wallet|(?<![A-Za-z])(?:scb|kbank|ktb|bbl|ttb|gsb|baac|uob|cimb|maybank)(?![A-Za-z])"
)
_CUES = (
    rf"{_BANKS}|บัญชี|บช\.?|พร้อมเพย?์?|prompt ?pay|โอน|(?<![A-Za-z\[])(?:account|acc|akaun|transfer|slip)(?![A-Za-z])"
    r"|اكاون|اكأون"
)
_NUMBER = r"\d{3}\.\d\.\d{5}\.\d|[\dxX*]{1,6}(?:[- ][\dxX*]{1,9}){1,5}|\d{10,16}"
_AFTER_CUE = re.compile(
    rf"(?P<before>(?:{_CUES})[^\d\n]{{0,40}}?)(?<![\d.,/A-Za-z])(?P<number>(?!{LAUGH}|{DAY})(?:{_NUMBER}))"
    r"(?![\d*/]|[.,]\d|[ ]?(?:บาท|ล้าน))",
    re.IGNORECASE,
)
_BEFORE_BANK = re.compile(rf"(?<![\d.,/-])(?P<number>\d{{10,12}})(?=[ ]?(?:ธ\.|{_BANKS}))", re.IGNORECASE)
_PROMPTPAY = re.compile(
    rf"(?P<before>(?:พร้อมเพย?์?|prompt ?pay)[^\d\n]{{0,20}}?)(?<!\d)(?:{PHONE}|{ID}){END}", re.IGNORECASE
)
_HIDDEN = re.compile(r"(?<![A-Za-z\d])(?=[\d-]{0,12}[xX*])[\dxX*]{3}-[\dxX*]-[\dxX*]{5}-[\dxX*](?![A-Za-z\d])")
_WORDS = tuple(
    str.split(
        "บัญชี บช พร้อมเพ โอน ธนาคาร กสิกร กรุงไทย กรุงศรี ไทยพาณิชย์ ออมสิน ธกส ธ.ก ธก.ส ธอส ยูโอบี ทหารไทย แบงก แบงค ทรูมัน วอล"
        " prompt true wallet scb kbank ktb bbl ttb gsb baac uob cimb maybank acc akaun transfer slip اكاون اكأون"
    )
)
_BANK_ALONE = re.compile(BANK_FORM)
_PHONE_ALONE = re.compile(PHONE)
_GROUPS = re.compile(r"[\dxX*]+")
_YEAR = re.compile(r"(?:25|20)\d\d")
_LENGTHS = range(10, 17)
_NATIONAL_ID = [1, 4, 5, 2, 1]
_OTHER_GROUPS = [3, 1, 6]


def _is_account(number: str) -> bool:
    """Whether a number after a word for a bank is an account, and not a telephone number, an id or a list."""
    if _BANK_ALONE.fullmatch(number):
        return True
    groups = _GROUPS.findall(number)
    if "." in number:
        return True
    sizes = [len(group) for group in groups]
    if sum(sizes) not in _LENGTHS or sizes in ([13], _NATIONAL_ID) or _PHONE_ALONE.fullmatch(number):
        return False
    if "-" in number or len(groups) == 1 or sizes == _OTHER_GROUPS:
        return True
    return min(sizes[:-1]) >= 3 and max(sizes) <= 6 and not any(map(_YEAR.fullmatch, groups))


def _mask_account(match: re.Match[str]) -> str:
    return f"{match['before']}[ACCOUNT]" if _is_account(match["number"]) else match.group()


def _mask_before_bank(match: re.Match[str]) -> str:
    return "[ACCOUNT]" if _is_account(match["number"]) else match.group()


def mask_accounts(text: str) -> str:
    """The text with accounts masked that are told by the name of a bank or by a word for payment."""
    if "xx" in text or "XX" in text or "**" in text:
        text = _HIDDEN.sub("[ACCOUNT]", text)
    lower = text.lower()
    if contains_any(lower, _WORDS):
        text = _BEFORE_BANK.sub(_mask_before_bank, _AFTER_CUE.sub(_mask_account, text))
        text = _PROMPTPAY.sub(r"\g<before>[ACCOUNT]", text)
    return text
