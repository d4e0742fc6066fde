"""A part that is configured on each row of it, and its configuration."""

from sales import operations
from sales.models import ConfigurationGroup, ConfigurationOption, ConfigurationQuestion, ConfiguredPart
from tests.factories import MadePartFactory, PartFactory
from tests.production.factories import WorkCentreFactory, bom_of, routing_of
from tests.sales.factories import again


def configured_bike():
    """A bike whose frame is red (by default) or blue, with or without a bell; red takes an operation more."""
    parts = {number: PartFactory(number=number, standard_price=10) for number in ("STEEL", "RED-FR", "BLUE-FR", "BELL")}
    bike = MadePartFactory(number="BIKE", lot_sizing="LR", lead_time=2)
    limited = [(parts["RED-FR"], 1, {"variants": "RED"}), (parts["BLUE-FR"], 1, {"variants": "-RED"})]
    bom_of(bike, (parts["STEEL"], 3), *limited, (parts["BELL"], 1, {"variants": "BELL"}))
    routing = routing_of(bike, (WorkCentreFactory(hourly_rate=60), 10, 1))
    routing.operations.update(variants="RED")
    group = ConfigurationGroup.objects.create(code="BIKES", name="Bikes")
    colour = ConfigurationQuestion.objects.create(group=group, position=1, text="Colour")
    bell = ConfigurationQuestion.objects.create(group=group, position=2, text="Bell")
    for question, code, price, default in (
        (colour, "RED", 5, True),
        (colour, "BLUE", 0, False),
        (bell, "BELL", 3, False),
        (bell, "NONE", 0, True),
    ):
        ConfigurationOption.objects.create(
            question=question, code=code, name=code.title(), price=price, is_default=default
        )
    ConfiguredPart.objects.create(part=bike, group=group)
    return bike


def options(*codes):
    return [ConfigurationOption.objects.select_related("question").get(code=code) for code in codes]


def configure(row, by, *codes, **facts):
    return operations.configure_row(row=again(row), options=options(*codes), by=by, **facts)
