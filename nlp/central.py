"""Brings the tokens of texts to Central Thai, for the features of models only; see ``nlp.lexicon``."""

from __future__ import annotations

from nlp.features import TokenIds
from nlp.lexicon import load_lexicon
from nlp.tokenise import tokenise


def central_ids(words: TokenIds) -> TokenIds:
    """The texts with each token that is in the lexicon replaced by the tokens of its word of Central Thai."""
    return words.replaced(_central_tokens)


def _central_tokens(token: str) -> list[str] | None:
    central = load_lexicon().get(token.lower())
    return None if central is None else tokenise([central])[0]
