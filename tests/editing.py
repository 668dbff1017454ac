"""Editors at work in tests: who they are, and forms posted as the browser would."""

from typing import TYPE_CHECKING, Any

import lxml.html
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from lxml.html import HTMLParser

if TYPE_CHECKING:
    from timeline.models import EntryPage, Source


def user(role: str = "") -> Any:
    """A member of Editors or Moderators, or an administrator when no group is named."""
    name = role.lower() or "administrator"
    person = get_user_model().objects.create_user(name, f"{name}@example.org", "secret")
    if role:
        person.groups.add(Group.objects.get(name=role))
    else:
        person.is_superuser = True
        person.save()
    return person


def signed_in(role: str = "") -> Client:
    client = Client()
    client.force_login(user(role))
    return client


@pytest.fixture
def editor(db: None) -> Client:
    return signed_in("Editors")


@pytest.fixture
def moderator(db: None) -> Client:
    return signed_in("Moderators")


@pytest.fixture
def administrator(db: None) -> Client:
    return signed_in()


def edit_url(entry: "EntryPage") -> str:
    return reverse("wagtailadmin_pages:edit", args=[entry.pk])


def form_data(response: Any, where: str = "//form[@data-edit-form]") -> dict[str, Any]:
    """What the browser would send of the form on a page if nothing were changed; ``where`` is an XPath.

    Read by lxml alone: BeautifulSoup needs as long for a form of ours as the site does to make it.
    """
    found = lxml.html.document_fromstring(response.content, parser=HTMLParser(encoding="utf-8")).xpath(where)
    assert found, "the page has no such form"
    data: dict[str, Any] = {}
    for field in found[0].xpath(".//*[self::input or self::select or self::textarea][@name][not(ancestor::template)]"):
        name, kind = field.get("name"), field.get("type")
        if field.tag == "select":
            chosen = field.find(".//option[@selected]")
            data[name] = "" if chosen is None else chosen.get("value")
        elif field.tag == "textarea":
            data[name] = field.text_content().removeprefix("\r\n").removeprefix("\n")
        elif kind == "checkbox" and name in data and "checked" in field.attrib:  # several of one name
            data[name] = [*(data[name] if isinstance(data[name], list) else [data[name]]), field.get("value")]
        elif kind not in ("checkbox", "radio") or "checked" in field.attrib:
            data[name] = field.get("value", "on" if kind == "checkbox" else "")
    return data


def add_row(data: dict[str, Any], relation: str, **values: Any) -> str:
    """Add a row as the button does, blank but for ``values``; returns its prefix."""
    number = int(data[f"{relation}-TOTAL_FORMS"])
    data[f"{relation}-TOTAL_FORMS"] = number + 1
    prefix = f"{relation}-{number}"
    data |= {f"{prefix}-id": "", f"{prefix}-ORDER": number + 1, f"{prefix}-DELETE": ""}
    data |= {f"{prefix}-{name}": value for name, value in values.items()}
    return prefix


def no_rows(data: dict[str, Any], *relations: str) -> None:
    """The management form of nested rows that are not there yet."""
    for relation in relations:
        data |= {f"{relation}-TOTAL_FORMS": 0, f"{relation}-INITIAL_FORMS": 0}


def add_statement(data: dict[str, Any], text: str, *sources: "Source") -> str:
    prefix = add_row(data, "statements", text=text, nature="reported")
    no_rows(data, f"{prefix}-citations")
    for source in sources:
        add_row(data, f"{prefix}-citations", source=source.pk)
    return prefix


def messages_of(response: Any) -> str:
    """The messages at the top of a page, as text."""
    page = BeautifulSoup(response.content, "lxml")
    return " ".join(item.get_text(" ", strip=True) for item in page.select(".messages li"))


def errors_of(response: Any) -> list[str]:
    """The messages beside the fields and rows of a form."""
    page = BeautifulSoup(response.content, "lxml")
    return [item.get_text(" ", strip=True) for item in page.select(".error-message")]
