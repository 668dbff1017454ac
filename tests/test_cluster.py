"""Saving only the rows that changed leaves what saving all of them leaves, whatever an editor did to them."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from modelcluster.models import get_all_child_relations

from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    draft_entry,
)
from tests.specimens import publish_specimens
from timeline.choices import NameKind
from timeline.models import EntryPage, Person, PersonName, Position, Statement
from timeline.models.cluster import Cluster, hold_stored_rows

pytestmark = pytest.mark.django_db

WORDS = {"text", "label", "question", "says", "quotation", "locator", "note", "position", "title", "name", "reason"}
"""Fields of rows in which anything may be typed."""

SEEDS = range(3)
"""Of the edits that are tried; more of them take seconds each."""

Data = dict[str, Any]


def rows(instance: models.Model) -> list[Data]:
    """All that is stored below a record, with what modelcluster may have numbered otherwise."""
    found = []
    for relation in get_all_child_relations(instance):
        for row in relation.related_model._default_manager.filter(**{relation.field.name: instance.pk}):
            columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
            found.append({"table": relation.related_model.__name__, **columns, "rows": rows(row)})
    return sorted(found, key=lambda row: (row["table"], row["id"]))


def edited(data: Data, model: type[models.Model], dice: random.Random) -> None:
    """Change, add, delete, reorder and exchange rows, and the rows of rows."""
    for relation in get_all_child_relations(model):
        name, row_model = relation.get_accessor_name(), relation.related_model
        below: list[Data] = data[name]
        typed = [field.name for field in row_model._meta.concrete_fields if field.name in WORDS]
        for row in list(below):
            edited(row, row_model, dice)
            act = dice.choice(["leave", "leave", "type", "remove", "again"])
            if act == "type" and typed:
                row[dice.choice(typed)] = f"Typed {dice.randrange(1000)}"
            elif act == "remove":
                below.remove(row)
            elif act == "again" and "uid" in row:
                below.append(_as_new(row, row_model, dice))
        dice.shuffle(below)
        for place, row in enumerate(below):
            if "sort_order" in row:
                row["sort_order"] = place
    first, second, *_others = [*data.get("statements", []), None, None]
    if first and second and first["citations"] and not second["citations"]:
        second["citations"].append(first["citations"].pop())  # it moves to another parent


def _as_new(row: Data, model: type[models.Model], dice: random.Random) -> Data:
    new = row | {"pk": None, "uid": f"n{dice.randrange(10**5):05}"}
    for relation in get_all_child_relations(model):
        new[relation.get_accessor_name()] = [child | {"pk": None} for child in row[relation.get_accessor_name()]]
    return new


def entry() -> EntryPage:
    one, other = SourceFactory(), SourceFactory()
    made = draft_entry(
        sources=[one, other],
        statements=["They met.", "They spoke.", "They left."],
        people=[PersonFactory(), PersonFactory()],
        organisations=[OrganisationFactory(), OrganisationFactory()],
    )
    for label in ("Duty on cars", "Duty on steel"):
        add_figure(made, one, label=label)
    add_disagreement(made, **{"an hour": one, "two hours": other})
    made.save()
    return made


def person() -> Person:
    made = PersonFactory()
    for place in range(3):
        made.names.add(PersonName(name=f"Name {place}", kind=NameKind.ALIAS))
        made.positions.add(Position(title=f"Minister {place}", organisation=OrganisationFactory()))
    made.save()
    return made


@pytest.fixture
def saved(monkeypatch: Any) -> Callable[..., list[Data]]:
    def save(kind: type[models.Model], data: Data, forgotten: list[str], *, all_rows: bool) -> list[Data]:
        """What is stored after a save, which is taken back; ids begin at the same number each time."""
        with transaction.atomic(), connection.cursor() as cursor, monkeypatch.context() as patch:
            cursor.execute("SELECT setval(oid, 5000) FROM pg_class WHERE relkind = 'S'")
            if all_rows:
                patch.setattr(Cluster, "save", lambda self, **kwargs: super(Cluster, self).save(**kwargs))
            instance = kind.from_serializable_data(data, check_fks=False)
            for name in forgotten:
                instance._cluster_related_objects.pop(name)
            instance.save()
            kept = rows(instance)
            fresh = kind._default_manager.get(pk=instance.pk)
            for relation in get_all_child_relations(kind):
                name = relation.get_accessor_name()
                assert instance.serializable_data()[name] == fresh.serializable_data()[name], "a draft made of it"
            transaction.set_rollback(True)
        return kept

    return save


@pytest.mark.parametrize("make", [entry, person])
def test_rows_are_as_if_all_had_been_saved(saved, make):
    record = make()
    for seed in SEEDS:
        dice = random.Random(seed)
        data = record.serializable_data()
        edited(data, type(record), dice)
        names = [relation.get_accessor_name() for relation in get_all_child_relations(record)]
        forgotten = dice.sample(names, dice.choice([0, 0, 1]))
        expected = saved(type(record), data, forgotten, all_rows=True)
        assert saved(type(record), data, forgotten, all_rows=False) == expected, seed


def test_rows_that_could_not_be_stored_are_still_there_for_another_try():
    record = entry()
    first, second, _third = statements = list(record.statements.all())
    first.uid, uid = second.uid, first.uid
    first.citations.add(*first.citations.all())
    record.statements.set(statements)
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()
    first.uid, first.text = uid, "They met in Tokyo."
    for citation in first.citations.all():
        citation.quotation = "We met"
    record.save()
    stored = Statement.objects.get(entry=record, uid=uid)
    assert stored.text == "They met in Tokyo."
    assert [citation.quotation for citation in stored.citations.all()] == ["We met", "We met"]


def held(instance: models.Model) -> list[Data]:
    """What :func:`rows` gives, of the rows that an instance holds in memory."""
    found = []
    for relation in get_all_child_relations(instance):
        for row in vars(instance).get("_cluster_related_objects", {}).get(relation.get_accessor_name(), []):
            assert getattr(row, relation.field.name) == instance
            columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
            found.append({"table": relation.related_model.__name__, **columns, "rows": held(row)})
    return sorted(found, key=lambda row: (row["table"], row["id"]))


def test_rows_that_are_read_in_one_query_are_what_is_stored(django_assert_num_queries):
    publish_specimens()
    names = {relation.get_accessor_name() for relation in get_all_child_relations(EntryPage)}
    tables = set()
    for entry in EntryPage.objects.all():
        with django_assert_num_queries(1):
            hold_stored_rows(entry, names)
        stored = rows(entry)
        assert held(entry) == stored
        assert [row.pk for row in entry.statements.all()] == list(
            Statement.objects.filter(entry=entry).values_list("pk", flat=True)
        )
        tables |= {row["table"] for row in stored}
    assert {"Statement", "Figure", "MeasureDate", "Disagreement", "EntryPerson", "SourceNote"} <= tables
