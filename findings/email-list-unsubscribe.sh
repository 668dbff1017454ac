#!/bin/sh
# Python's email package writes a long List-Unsubscribe header in encoded words, and the URI in it is gone.
#
# RFC 2369 makes the header a list of URIs between angle brackets, and RFC 8058 (one click) needs an https URI in it.
# RFC 2047 keeps encoded words to free text and a few other places; this header is none of them. One would guess that a
# URI of plain ASCII stays whole on a line of its own: RFC 5322 allows 998 characters, the 78 are advice. Seen here with
# Python 3.13.0, and with a release of each of 3.6 to 3.12, EmailMessage with the policies `default` and `SMTP`:
#
#   up to 75 characters, the URI stands whole on a line of its own
#   from 76 on, the header becomes `=?utf-8?q?=3Chttps=3A//...?=` in pieces, and no `<` is left in it
#   the old Message (policy `compat32`) keeps a URI of 100 whole, and so does `SMTP.clone(max_line_length=998)`
#
# Django went over from the old class to the new one: the same code writes a whole URI with Django 5.2.19 and encoded
# words with 6.1. The tracker of Python has the cause as issue 85725.
#
# Who is hurt: readers whose mail program takes the header as it stands. It finds no URI and shows no button to
# unsubscribe, and nothing tells the sender. An unsubscribe address with a signed token is easily that long.
#
# Fails when the behaviour has changed. Needs python3 (3.12 or later, for Django 6.1) and a registry of packages.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/new"
python3 -m venv "$work/old"
cd "$work"

new/bin/pip install --quiet django==6.1
old/bin/pip install --quiet django==5.2.19

cat > with_python.py <<'PYTHON'
from email import policy
from email.message import EmailMessage, Message


def show(name, message, length):
    message["List-Unsubscribe"] = f"<{('https://example.org/unsubscribe/' + '0123456789' * 10)[:length]}>"
    print(f"{name}, a URI of {length}:")
    for line in message.as_bytes().decode().splitlines()[:-1]:
        print(line.rstrip())


for length in (75, 76, 100):
    show("default", EmailMessage(policy=policy.default), length)
    show("SMTP", EmailMessage(policy=policy.SMTP), length)
show("compat32", Message(policy=policy.compat32), 100)
show("SMTP with lines of 998", EmailMessage(policy=policy.SMTP.clone(max_line_length=998)), 100)
PYTHON

cat > with_django.py <<'PYTHON'
import django
from django.conf import settings
from django.core.mail import EmailMessage

settings.configure()
address = ("https://example.org/unsubscribe/" + "0123456789" * 10)[:100]
letter = EmailMessage("News", "Text", "a@example.org", ["b@example.org"], headers={"List-Unsubscribe": f"<{address}>"})
print(f"django {django.__version__}, a URI of 100:")
raw = letter.message().as_bytes().decode()
for line in raw[raw.index("List-Unsubscribe:") : raw.index("\n\n")].splitlines():
    print(line.rstrip())
PYTHON

cat > expected <<'TEXT'
default, a URI of 75:
List-Unsubscribe:
 <https://example.org/unsubscribe/0123456789012345678901234567890123456789012>
SMTP, a URI of 75:
List-Unsubscribe:
 <https://example.org/unsubscribe/0123456789012345678901234567890123456789012>
default, a URI of 76:
List-Unsubscribe: =?utf-8?q?=3Chttps=3A//example=2Eorg/unsubscribe/012345678?=
 =?utf-8?q?90123456789012345678901234567890123=3E?=
SMTP, a URI of 76:
List-Unsubscribe: =?utf-8?q?=3Chttps=3A//example=2Eorg/unsubscribe/012345678?=
 =?utf-8?q?90123456789012345678901234567890123=3E?=
default, a URI of 100:
List-Unsubscribe: =?utf-8?q?=3Chttps=3A//example=2Eorg/unsubscribe/012345678?=
 =?utf-8?q?90123456789012345678901234567890123456789012345678901234567=3E?=
SMTP, a URI of 100:
List-Unsubscribe: =?utf-8?q?=3Chttps=3A//example=2Eorg/unsubscribe/012345678?=
 =?utf-8?q?90123456789012345678901234567890123456789012345678901234567=3E?=
compat32, a URI of 100:
List-Unsubscribe:
 <https://example.org/unsubscribe/01234567890123456789012345678901234567890123456789012345678901234567>
SMTP with lines of 998, a URI of 100:
List-Unsubscribe: <https://example.org/unsubscribe/01234567890123456789012345678901234567890123456789012345678901234567>
django 5.2.19, a URI of 100:
List-Unsubscribe:
 <https://example.org/unsubscribe/01234567890123456789012345678901234567890123456789012345678901234567>
django 6.1, a URI of 100:
List-Unsubscribe: =?utf-8?q?=3Chttps=3A//example=2Eorg/unsubscribe/012345678?=
 =?utf-8?q?90123456789012345678901234567890123456789012345678901234567=3E?=
TEXT

new/bin/python --version
{ new/bin/python with_python.py; old/bin/python with_django.py; new/bin/python with_django.py; } | tee seen
diff expected seen && echo "As described."
