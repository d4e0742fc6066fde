"""How rows are posted: dimensions, the posting matrix with its defaults, and the distribution of one row."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import NAMEABLE, PartGroup, matches
from sales.models.accounts import Account
from sales.models.rows import SalesOrderRow
from sales.models.terms import OrderType


class AccountType(models.TextChoices):
    SALES = "sales", "Sales"
    SETUP = "setup", "Setup"
    MATERIAL = "material", "Material"
    STOCK = "stock", "Stock"


@tracked()
class Dimension(models.Model):
    """What a posting is divided by besides its account: cost centre, project, region."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=30)
    rank = models.PositiveSmallIntegerField(default=1, help_text="Its place among the columns.")

    class Meta:
        ordering = ["rank", "code"]
        constraints = [matches("code", NAMEABLE, "dimension_code_sane")]

    def __str__(self):
        return self.name


@tracked()
class DimensionValue(models.Model):
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="values")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["dimension", "code"]
        constraints = [
            models.UniqueConstraint(fields=["dimension", "code"], name="dimension_value_code_once"),
            matches("code", NAMEABLE, "dimension_value_code_sane"),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class Valued(models.Model):
    """One value of a dimension that a posting has."""

    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    value = models.ForeignKey(DimensionValue, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.dimension} {self.value}"

    def clean(self):
        if self.value_id and self.dimension_id and self.value.dimension_id != self.dimension_id:
            raise ValidationError({"value": f"{self.value} is no value of {self.dimension}."})


def value_of_its_dimension(name):
    """The value is one of the dimension, whoever writes it."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func="""
            IF NOT EXISTS (SELECT FROM sales_dimensionvalue found WHERE found.id = NEW.value_id
                           AND found.dimension_id = NEW.dimension_id) THEN
                RAISE EXCEPTION 'A posting has values of its own dimensions.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_value_of_its_dimension';
            END IF;
            RETURN NEW;
        """,
    )


@tracked()
class PostingRule(models.Model):
    """A line of the posting matrix: the account and dimensions of rows. The line that says most counts."""

    account_type = models.CharField(max_length=10, choices=AccountType, default=AccountType.SALES)
    part_group = models.ForeignKey(
        PartGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: any."
    )
    order_type = models.ForeignKey(
        OrderType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: any."
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "line of the posting matrix"
        verbose_name_plural = "posting matrix"
        ordering = ["account_type", "part_group", "order_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["account_type", "part_group", "order_type"], nulls_distinct=False, name="posting_rule_once"
            ),
            models.CheckConstraint(condition=Q(account_type__in=AccountType.values), name="posting_rule_type_known"),
        ]

    def __str__(self):
        return f"{self.get_account_type_display()}: {self.part_group or 'any part'}, {self.order_type or 'any order'}"


@tracked()
class PostingRuleValue(Valued):
    rule = models.ForeignKey(PostingRule, on_delete=models.CASCADE, related_name="values")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "dimension"], name="posting_rule_dimension_once")]
        triggers = [value_of_its_dimension("rule_value_of_its_dimension")]


@tracked()
class RowPosting(models.Model):
    """A share of a row's amount on an account, as somebody distributed it. Those of one type are 100 % together."""

    row = models.ForeignKey(SalesOrderRow, on_delete=models.CASCADE, related_name="postings")
    account_type = models.CharField(max_length=10, choices=AccountType, default=AccountType.SALES)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    share = models.DecimalField("share %", max_digits=7, decimal_places=4)
    specification = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(account_type__in=AccountType.values), name="row_posting_type_known"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=100), name="row_posting_share_sane"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="shares_are_100_together",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (SELECT FROM sales_rowposting
                               WHERE row_id IN (CASE WHEN TG_OP = 'DELETE' THEN OLD.row_id ELSE NEW.row_id END)
                               GROUP BY row_id, account_type HAVING sum(share) <> 100) THEN
                        RAISE EXCEPTION 'The shares of a posting are 100 %% together.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'row_posting_is_100';
                    END IF;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self):
        return f"{self.share} % on {self.account}"


@tracked()
class RowPostingValue(Valued):
    posting = models.ForeignKey(RowPosting, on_delete=models.CASCADE, related_name="values")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["posting", "dimension"], name="row_posting_dimension_once")]
        triggers = [value_of_its_dimension("row_value_of_its_dimension")]
