"""Model versions: adding, removing, letting a project use one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.inference import packages, services
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.models import Image, Project
from annotator.runs import enqueue
from annotator.runs.models import Run
from tests.annotator.inference.conftest import make_package
from tests.annotator.world import World, client_of, make_image, make_user

WorkOff = Callable[[], list[Run]]


@pytest.fixture
def project(world: World, tiny: ModelVersion) -> Project:
    Project.objects.update(model_version=tiny)
    make_image(world.project, "two.png", (30, 20))
    return Project.objects.get()


def test_a_package_is_stored_file_by_file(tiny: ModelVersion) -> None:
    assert set(tiny.files) == {"manifest.json", "encoder.onnx", "decode.onnx"}
    assert all(storage.has_blob(entry["sha256"]) for entry in tiny.files.values())
    assert (tiny.name, tiny.version, tiny.family, tiny.licence) == ("Tiny", "1", "compact", "Apache-2.0")


def test_adding_the_same_package_again_changes_nothing(tiny: ModelVersion, tmp_path: Path) -> None:
    assert services.add_package(make_package(tmp_path / "again")).pk == tiny.pk


def test_another_package_of_the_same_name_and_version_gets_a_mark(tiny: ModelVersion, tmp_path: Path) -> None:
    second = services.add_package(make_package(tmp_path / "second", gain=3.0))
    assert second.version == f"1+{second.sha256[:8]}"


def test_a_package_with_a_changed_file_is_refused(db: None, tmp_path: Path) -> None:
    folder = make_package(tmp_path / "bad")
    with (folder / "encoder.onnx").open("ab") as out:
        out.write(b"more")
    with pytest.raises(ApiError, match=r"encoder\.onnx") as caught:
        services.add_package(folder)
    assert caught.value.code == "bad_package"
    assert not ModelVersion.objects.exists()


def test_a_folder_without_a_manifest_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(ApiError, match=r"manifest\.json"):
        services.add_package(tmp_path)


def test_a_damaged_local_copy_is_fetched_anew(tiny: ModelVersion) -> None:
    folder = packages.folder_of(tiny)
    (folder / "encoder.onnx").write_bytes(b"broken")
    assert packages.open_package(tiny).encoder_sha256 == tiny.encoder_sha256


def test_the_api_shows_the_manifest_and_addresses_that_work(world: World, tiny: ModelVersion) -> None:
    body = world.as_bob.get(f"/api/v1/models/{tiny.pk}/").json()
    served = world.as_bob.get(body["files"]["manifest.json"])
    assert json.loads(b"".join(served)) == body["manifest"]
    assert served["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_switch_encodes_every_image_and_only_then_changes_the_model(
    world: World, project: Project, tiny: ModelVersion, other: ModelVersion, work_off: WorkOff
) -> None:
    url = f"/api/v1/projects/{project.pk}/model/"
    body = world.as_alice.put(url, {"model_version": str(other.pk)}).json()
    assert (body["model_version"], body["run"]["kind"]) == (str(tiny.pk), "switch_model")
    (run,) = work_off()
    assert (run.state, run.result["encoded"], run.result["failed"]) == ("succeeded", 2, [])
    project.refresh_from_db()
    assert project.model_version_id == other.pk
    assert world.as_bob.get(f"/api/v1/images/{world.image.pk}/").json()["embedding"]["state"] == "ready"


def test_images_added_during_a_switch_are_encoded_too(
    world: World, project: Project, other: ModelVersion, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.inference import embeddings

    real = embeddings.ensure

    def ensure(image: Image, *args: object) -> Embedding:
        if not Image.objects.filter(name="late.png").exists():
            make_image(world.project, "late.png", (11, 11))
        return real(image, *args)

    monkeypatch.setattr(embeddings, "ensure", ensure)
    services.use_model(project, other, world.alice)
    (run,) = work_off()
    assert run.result["encoded"] == 3


def test_one_broken_image_does_not_stop_the_switch(
    world: World, project: Project, other: ModelVersion, work_off: WorkOff
) -> None:
    storage.delete_blob(world.image.sha256)
    services.use_model(project, other, world.alice)
    (run,) = work_off()
    project.refresh_from_db()
    assert (run.result["failed"], project.model_version_id) == (["cat.png"], other.pk)
    assert "1 image(s) could not be encoded" in run.message


def test_a_cancelled_switch_leaves_the_old_model(
    world: World, project: Project, tiny: ModelVersion, other: ModelVersion, work_off: WorkOff
) -> None:
    run = services.use_model(project, other, world.alice)
    assert run is not None
    enqueue.cancel(run)
    assert work_off() == []
    project.refresh_from_db()
    assert project.model_version_id == tiny.pk


def test_asking_for_the_old_model_again_cancels_the_switch(
    world: World, project: Project, tiny: ModelVersion, other: ModelVersion
) -> None:
    run = services.use_model(project, other, world.alice)
    assert services.use_model(project, other, world.alice) == run
    assert services.use_model(project, tiny, world.alice) is None
    assert Run.objects.get().state == "cancelled"


def test_an_empty_project_switches_at_once(world: World, other: ModelVersion) -> None:
    Image.objects.all().delete()
    assert services.use_model(world.project, other, world.alice) is None
    world.project.refresh_from_db()
    assert world.project.model_version_id == other.pk


def test_a_model_in_use_is_not_removed(world: World, project: Project, tiny: ModelVersion) -> None:
    with pytest.raises(Conflict, match=r"used by the project\(s\) Cats"):
        services.remove(tiny)


def test_a_model_a_project_is_being_switched_to_is_not_removed(
    world: World, project: Project, other: ModelVersion
) -> None:
    services.use_model(project, other, world.alice)
    with pytest.raises(Conflict, match="being switched to it"):
        services.remove(other)


def test_removing_takes_embeddings_and_files_with_it(
    world: World, project: Project, tiny: ModelVersion, other: ModelVersion, work_off: WorkOff
) -> None:
    services.use_model(project, other, world.alice)
    work_off()
    services.use_model(project, tiny, world.alice)
    work_off()
    blob = Embedding.objects.filter(model_version=other).first().sha256
    admin = client_of(make_user("Root", is_staff=True))
    assert admin.delete(f"/api/v1/models/{other.pk}/").status_code == 204
    assert not storage.has_blob(blob)
    assert storage.has_blob(Embedding.objects.filter(model_version=tiny).first().sha256)
    assert not ModelVersion.objects.filter(pk=other.pk).exists()


def test_the_model_that_comes_with_maskwright_is_installed_once_and_serves_projects_without_one(world: World) -> None:
    from sam_backend import compact_package_path

    if not (compact_package_path() / "manifest.json").exists():
        pytest.skip("The compact model is not in this checkout.")
    Project.objects.update(model_version=None)
    version = services.ensure_builtin_model()
    assert services.ensure_builtin_model().pk == version.pk
    world.project.refresh_from_db()
    assert world.project.model_version_id == version.pk
    with pytest.raises(Conflict, match="came with Maskwright"):
        services.remove(version)


def test_the_model_of_an_earlier_maskwright_can_be_removed_once_nobody_uses_it(world: World, tmp_path: Path) -> None:
    earlier = services.add_package(make_package(tmp_path / "earlier", name="Maskwright compact"), builtin=True)
    Project.objects.update(model_version=earlier)
    assert services.ensure_builtin_model().pk != earlier.pk
    assert Project.objects.get(pk=world.project.pk).model_version_id == earlier.pk, "no project is switched by itself"
    earlier.refresh_from_db()
    with pytest.raises(Conflict, match="used by the project"):
        services.remove(earlier)
    Project.objects.update(model_version=None)
    services.remove(earlier)
