"""One neutral e-mail by SMTP."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from support.notify.actions import Errand
from support.notify.rules import kind_of
from support.settings import Settings

TIMEOUT = 10
SUBMISSION, SMTPS = 587, 465


def send(errand: Errand, house: Settings) -> None:
    """Hand the letter to the operator's mail server, or raise."""
    with _server(house) as server:
        server.send_message(letter(errand, house))


def letter(errand: Errand, house: Settings) -> EmailMessage:
    """Words that say nothing of anybody; the same Message-ID however often it is tried."""
    host = urlsplit(house.public_url).hostname or "localhost"
    kind = kind_of(errand.kind)
    message = EmailMessage()
    message["From"] = house.mail_from or f"handrail@{host}"
    message["To"] = errand.address
    message["Subject"] = "Please look in"
    message["Message-ID"] = f"<{errand.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{kind.text}\n\n{house.public_url}{kind.to}\n")
    return message


def _server(house: Settings) -> smtplib.SMTP:
    address = urlsplit(house.smtp_url or "")
    host = address.hostname or "localhost"
    trusted = ssl.create_default_context()
    server: smtplib.SMTP
    if address.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, address.port or SMTPS, timeout=TIMEOUT, context=trusted)
    else:
        server = smtplib.SMTP(host, address.port or SUBMISSION, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=trusted)
    if address.username:
        server.login(unquote(address.username), unquote(address.password or ""))
    return server
