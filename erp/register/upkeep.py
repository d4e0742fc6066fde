"""How master data is kept in the admin: history with the administrator's name, import and export."""

from import_export.admin import ImportExportModelAdmin

from erp.register.history import recording
from erp.register.resources import FORMATS


class Recorded:
    """What an administrator changes names the administrator in the history. ``fixed`` fields stay once given."""

    fixed = ()

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    def changeform_view(self, request, *args, **kwargs):
        with recording(by=request.user, operation="admin"):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        with recording(by=request.user, operation="admin"):
            return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        with recording(by=request.user, operation="admin"):
            return super().delete_view(request, *args, **kwargs)


class MasterDataAdmin(Recorded, ImportExportModelAdmin):
    """With import and export, for those who may change the rows anyway."""

    formats = FORMATS
    show_full_result_count = False

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_change_permission(request)

    def import_action(self, request, *args, **kwargs):
        with recording(by=request.user, operation="import"):
            return super().import_action(request, *args, **kwargs)

    def process_import(self, request, *args, **kwargs):
        with recording(by=request.user, operation="import"):
            return super().process_import(request, *args, **kwargs)
