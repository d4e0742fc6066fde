"""Upkeep of configurations: groups with their questions, questions with their options, and the parts that ask them."""

from django.contrib import admin

from erp.register.upkeep import MasterDataAdmin
from sales import models


class QuestionInline(admin.TabularInline):
    model = models.ConfigurationQuestion
    extra = 0
    show_change_link = True


class OptionInline(admin.TabularInline):
    model = models.ConfigurationOption
    extra = 0


class PartInline(admin.TabularInline):
    model = models.ConfiguredPart
    raw_id_fields = ["part"]
    extra = 0


@admin.register(models.ConfigurationGroup)
class ConfigurationGroupAdmin(MasterDataAdmin):
    inlines = [QuestionInline, PartInline]
    list_display = ["code", "name", "opens_automatically"]
    search_fields = ["code", "name"]


@admin.register(models.ConfigurationQuestion)
class ConfigurationQuestionAdmin(MasterDataAdmin):
    inlines = [OptionInline]
    list_display = ["group", "position", "text"]
    list_select_related = ["group"]
    list_filter = ["group"]
    search_fields = ["text"]


@admin.register(models.ConfigurationOption)
class ConfigurationOptionAdmin(MasterDataAdmin):
    list_display = ["question", "code", "name", "price", "is_default"]
    list_select_related = ["question__group"]
    search_fields = ["code", "name"]


@admin.register(models.ConfiguredPart)
class ConfiguredPartAdmin(MasterDataAdmin):
    list_display = ["part", "group"]
    list_select_related = ["part", "group"]
    raw_id_fields = ["part"]
    search_fields = ["part__number"]


@admin.register(models.ListedOption)
class ListedOptionAdmin(MasterDataAdmin):
    list_display = ["price_list", "option", "price"]
    list_select_related = ["price_list", "option__question__group"]
    list_filter = ["price_list"]
    search_fields = ["option__code"]
