"""Walls: pages that a site shows instead of an article, or with its beginning alone, told by their words.

The check of links and the look-up of a source ask the same patterns; each of them says more about when a match
proves something.
"""

import re

NO_PAGE = re.compile(
    r"\b404\b|\bnot found\b"
    r"|(page|article|story|document)\b.{0,40}\b(no longer|does not|doesn['’]t|cannot|can['’]t|removed|missing)"
    r"|見つかりません|見つかりませんでした|存在しません|削除され|掲載期間.{0,6}終了|公開.{0,4}終了",
    re.IGNORECASE,
)
"""There is no such page, said by one that answers as if there were."""

CONSENT = re.compile(
    r"\b(cookies?|consent|we value your privacy|before you continue|we and our \d* ?partners|datenschutz)\b"
    r"|(?:cookie|クッキー|利用規約|プライバシー).{0,30}同意|クッキー|同意(?:する|して(?:続|次))",
    re.IGNORECASE,
)
"""A question about cookies."""

ROBOT = re.compile(
    r"\b(captcha|are you (a )?(human|robot)|verify (that )?you|unusual traffic|access denied|pardon our interruption"
    r"|enable javascript|javascript is (disabled|required)|just a moment|checking your browser|attention required)\b"
    r"|ロボット|JavaScriptを有効",
    re.IGNORECASE,
)
"""A question whether a human being asks."""

PAY = re.compile(
    r"\b(subscribe (now )?to (continue|read|keep reading)|subscribers? only|for subscribers|already a subscriber"
    r"|to continue reading|start your (free )?trial|(sign in|log ?in|register) to (continue|read))\b"
    r"|有料会員(?:限定|の方|登録)|会員限定(?:です|記事|の記事です)|続きを読むには|残り.{1,8}文字",
    re.IGNORECASE,
)
"""The rest is for those who pay or sign in."""
