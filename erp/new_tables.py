"""Tables of a migration in one step. Django builds the models of all that is related anew for each single one."""

from django.db.migrations import CreateModel, Migration
from django.db.migrations.operations.base import Operation


class CreateTables(Operation):
    """Several ``CreateModel``: their models are built once, when all are known."""

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # what was built; built again at the first question
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.operations)} tables"


class NewTables(Migration):
    """A migration that begins with the tables it creates; ``operations`` stay as makemigrations writes them."""

    def __init__(self, name, app_label):
        super().__init__(name, app_label)
        tables = [operation for operation in self.operations if isinstance(operation, CreateModel)]
        self.operations = [CreateTables(tables), *self.operations[len(tables) :]]
