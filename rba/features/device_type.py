"""What sort of device it is: computer, phone, tablet."""

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level


class DeviceType(Feature):
    """The sort of device that the browser says it runs on."""

    key = "device_type"
    label = _("Device type")
    about_data = _("Computer, phone or tablet, as your browser says. Kept as a keyed hash.")
    levels = (Level("device_type", Copied(0.02, 0.02, 0.97, 0.98), novelty=0.02, varied=6),)
    words = {
        ("device_type", How.NEW): _("a sort of device you have not used before"),
        ("device_type", How.RARE): _("a sort of device you seldom use"),
        ("device_type", How.MISSING): _("the browser did not say what sort of device it is"),
    }

    def read(self, context: Context) -> dict[str, str]:
        return {"device_type": context.device_type.lower()[:40]} if context.device_type else {}
