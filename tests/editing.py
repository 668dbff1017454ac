"""Editors at work in tests: who they are, and forms posted as the browser would."""

from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

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


def form_data(response: Any, selector: str = "form[data-edit-form]") -> dict[str, Any]:
    """What the browser would send of the form on a page if nothing were changed."""
    form = BeautifulSoup(response.content, "lxml").select_one(selector)
    assert form, "the page has no such form"
    data: dict[str, Any] = {}
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = field.get("name"), field.get("type")
        if not name or field.find_parent("template"):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True)
            data[name] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            data[name] = field.text.removeprefix("\r\n").removeprefix("\n")
        elif kind == "checkbox" and name in data and field.has_attr("checked"):  # several of one name
            data[name] = [*(data[name] if isinstance(data[name], list) else [data[name]]), field["value"]]
        elif kind not in ("checkbox", "radio") or field.has_attr("checked"):
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
