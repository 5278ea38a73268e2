"""Which elements sign a contract or make a bid, and which roles deliver, told from their ids and titles.

The vocabulary is that of sales projects in Chinese and English. An id is read word by word ("design" does not sign);
a Chinese title by its characters.
"""

from __future__ import annotations

import re

from ltcflow.process import Node
from ltcflow.roles import Role

_SIGN = frozenset({"sign", "signs", "signed", "signing", "signature"})
_CONTRACT = frozenset({"contract", "contracts", "agreement", "agreements", "order", "po", "deal"})
_SIGN_ZH = re.compile(r"(签署|签订|签)(.{0,4})(合同|协议|订单)|(合同|协议|订单)(的|/PO)?(签署|签订)|签约")
_BID = frozenset({"bid", "bids", "bidding", "tender", "tenders"})
_BID_ZH = re.compile(r"投标|答标|标书|应标")
_DELIVER = frozenset({"deliver", "delivery", "fulfilment", "fulfillment", "implementation"})
_DELIVER_ZH = re.compile(r"交付|履行|实施|工程经理")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[^a-z0-9]+", text.lower()) if word)


def _texts(element: Node | Role) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of the id and of the English title, each by itself."""
    return _words(element.id), _words(element.title.en)


def signs(element: Node) -> bool:
    """Say whether *element* signs a contract, agreement or order.

    Example:
        >>> from ltcflow import builder as b
        >>> names = ("contract_signing", "signing", "design_contract", "sign_off_plan", "签约")
        >>> [signs(b.activity(name)) for name in names]
        [True, True, False, False, True]
    """
    for words in _texts(element):
        signing = [w for i, w in enumerate(words) if w in _SIGN and words[i + 1 : i + 2] != ("off",)]
        if signing and (len(words) == 1 or _CONTRACT & set(words)):
            return True
    return any(_SIGN_ZH.search(text) for text in (element.id, element.title.zh))


def bids(element: Node) -> bool:
    """Say whether *element* belongs to a bid or tender.

    Example:
        >>> from ltcflow import builder as b
        >>> [bids(b.activity(name)) for name in ("bid_review", "forbidden", "投标准备")]
        [True, False, True]
    """
    return any(_BID & set(words) for words in _texts(element)) or any(
        _BID_ZH.search(text) for text in (element.id, element.title.zh)
    )


def delivers(role: Role) -> bool:
    """Say whether *role* stands for delivery or fulfilment."""
    texts = (role.id, role.title.zh, role.department)
    words = {word for words in (*_texts(role), _words(role.department)) for word in words}
    return bool(_DELIVER & words) or any(_DELIVER_ZH.search(text) for text in texts)
