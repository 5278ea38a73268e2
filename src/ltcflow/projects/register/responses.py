"""How a risk is responded to: the strategies of the PMBOK Guide for threats and for opportunities."""

from __future__ import annotations

import enum

from ltcflow.errors import InvalidValue


class Response(enum.Enum):
    """How a risk is responded to."""

    AVOID = "avoid"
    TRANSFER = "transfer"
    MITIGATE = "mitigate"
    EXPLOIT = "exploit"
    SHARE = "share"
    ENHANCE = "enhance"
    ACCEPT = "accept"


_THREAT = frozenset({Response.AVOID, Response.TRANSFER, Response.MITIGATE, Response.ACCEPT})
_OPPORTUNITY = frozenset({Response.EXPLOIT, Response.SHARE, Response.ENHANCE, Response.ACCEPT})


def responses(opportunity: bool) -> tuple[Response, ...]:
    """Return the responses that there are to an opportunity, or to a threat.

    Example:
        >>> [response.value for response in responses(opportunity=True)]
        ['exploit', 'share', 'enhance', 'accept']
    """
    fitting = _OPPORTUNITY if opportunity else _THREAT
    return tuple(response for response in Response if response in fitting)


def as_response(value: Response | str) -> Response:
    """Return *value* as a response (converter for attrs fields); InvalidValue when it is none."""
    try:
        return Response(value)
    except ValueError:
        raise InvalidValue(
            field="response",
            value=repr(value)[:80],
            problem="is no response to a risk.",
            remedy="Use avoid, transfer, mitigate or accept; for an opportunity exploit, share, enhance or accept.",
        ) from None
