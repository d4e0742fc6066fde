"""The admin of what operations write: for looking, never for changing."""

from django.contrib import admin


class LookingAdmin(admin.ModelAdmin):
    """Shows rows and changes none."""

    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
