"""Which migrations a database has, bringing an empty one to a given state, and telling whether it is empty."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model, QuerySet

from annotator.upkeep.rows import Table, tables
from annotator.upkeep.troubles import Refused

State = list[tuple[str, str]]
MADE_BY_START: dict[str, dict[str, bool]] = {
    "auth.permission": {},
    "contenttypes.contenttype": {},
    "inference.modelversion": {"builtin": True},
    "runs.worker": {},
}
"""What `migrate` and the start of a server write by themselves, as tables and which of their rows; an installation that
has nothing else is empty."""


def state(connection: BaseDatabaseWrapper) -> State:
    """Return the last migration of each app. Refuses a database that is not up to date."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(leaves):
        raise Refused("This database is older than this version of Maskwright. Run `migrate` first.")
    return sorted(leaves)


def models_at(connection: BaseDatabaseWrapper, wanted: State) -> Apps:
    """Return the models as they were at these migrations. Refuses some that this version does not know."""
    loader = MigrationExecutor(connection).loader
    if unknown := [f"{app}.{name}" for app, name in wanted if (app, name) not in loader.graph.nodes]:
        raise Refused(
            f"This backup was made by a newer version of Maskwright: {unknown[0]} is not known here. "
            "Install that version, or a later one, and restore with it."
        )
    return loader.project_state(wanted).apps


def must_be_empty(connection: BaseDatabaseWrapper, apps: Apps) -> None:
    """Refuse a database in which anybody has anything."""
    there = set(connection.introspection.table_names())
    for table in tables(apps):
        if table._meta.db_table not in there:
            continue
        if _somebodys(table, connection).values("pk")[:1]:
            raise Refused(
                f"This installation is not empty: its table of {table._meta.verbose_name_plural} has rows. "
                "Nothing was changed. Give an empty database: another file for SQLite, a new database for PostgreSQL."
            )


def _somebodys(table: Table, connection: BaseDatabaseWrapper) -> QuerySet[Model]:
    rows = table._base_manager.using(connection.alias).order_by()
    made = MADE_BY_START.get(table._meta.label_lower)
    if made is None:
        return rows
    return rows.exclude(**made) if made else rows.none()


def bring_to(connection: BaseDatabaseWrapper, wanted: State) -> None:
    """Make the tables of a database that has none as they were at these migrations. Refuses one that is ahead."""
    executor = MigrationExecutor(connection)
    if ahead := set(executor.loader.applied_migrations) - _up_to(executor, wanted):
        app, name = sorted(ahead)[0]
        raise Refused(
            f"The tables of this database are newer than the backup ({app}.{name}). Nothing was changed. "
            "Give a database without tables; they are made as the backup needs them, and then brought up to date."
        )
    executor.migrate(wanted)


def _up_to(executor: MigrationExecutor, wanted: State) -> set[tuple[str, str]]:
    return {node for leaf in wanted for node in executor.loader.graph.forwards_plan(leaf)}
