"""Datasets in an object store: a machine that has not built one brings its file, and what is withdrawn is deleted."""

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories import publish_entry
from timeline.dataset import shared
from timeline.models import Dataset

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(settings, tmp_path):
    """A store that machines share: Django's interface to any, here over a folder."""
    there = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "objects"}}
    (tmp_path / "objects").mkdir()
    settings.STORAGES = settings.STORAGES | {"datasets": there}
    settings.DATASETS_DIR = tmp_path / "one"
    return storages["datasets"]


@pytest.fixture
def dataset(store):
    publish_entry(slug="rice")
    call_command("build_dataset")
    return Dataset.objects.get()


def get(dataset):
    answer = Client().get(f"/dataset/{dataset.version}.zip")
    answer.getvalue()  # to its end, so that its file is closed
    return answer


def test_a_machine_that_did_not_build_it_brings_the_file_once(settings, tmp_path, store, dataset):
    built = (tmp_path / "one" / f"{dataset.version}.zip").read_bytes()
    settings.DATASETS_DIR = tmp_path / "two"
    assert get(dataset).status_code == 200
    assert (tmp_path / "two" / f"{dataset.version}.zip").read_bytes() == built
    store.delete(f"{dataset.version}.zip")
    assert get(dataset).status_code == 200
    assert len(list((tmp_path / "two").iterdir())) == 1


def test_what_is_withdrawn_is_deleted_there_too(store, dataset, django_capture_on_commit_callbacks):
    assert store.listdir("")[1] == [f"{dataset.version}.zip"]
    with django_capture_on_commit_callbacks(execute=True):
        Dataset.objects.withdraw("unpublished", dataset.changed_at)
    assert store.listdir("")[1] == []
    assert get(dataset).status_code == 410


def test_a_file_that_is_not_the_one_which_was_built_is_given_to_nobody(settings, tmp_path, store, dataset):
    settings.DATASETS_DIR = tmp_path / "two"
    name = f"{dataset.version}.zip"
    store.delete(name)
    assert get(dataset).status_code == 404
    with store.open(name, "wb") as file:
        file.write(b"another")
    assert get(dataset).status_code == 404
    assert list((tmp_path / "two").iterdir()) == []


def test_a_store_that_is_away_is_told_and_what_is_here_is_given(settings, tmp_path, store, dataset, monkeypatch):
    def away(*_asked):
        raise RuntimeError("as the test wants it")

    monkeypatch.setattr(type(store), "exists", away)
    monkeypatch.setattr(type(store), "listdir", away)
    assert get(dataset).status_code == 200
    with pytest.raises(CommandError, match="as the test wants it"):
        call_command("build_dataset")
    settings.DATASETS_DIR = tmp_path / "two"
    answer = get(dataset)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-cache")


def test_what_could_not_be_sent_is_sent_by_the_next_run(store, dataset):
    store.delete(f"{dataset.version}.zip")
    call_command("build_dataset")
    assert store.listdir("")[1] == [f"{dataset.version}.zip"]


def test_without_a_store_nothing_is_shared(dataset, settings):
    settings.STORAGES = {name: one for name, one in settings.STORAGES.items() if name != "datasets"}
    assert not shared.is_set()
    assert get(dataset).status_code == 200
