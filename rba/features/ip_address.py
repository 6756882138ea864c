"""The network address: the provider's network, the block of addresses, the address itself."""

import ipaddress

from django.utils.translation import gettext_lazy as _

from rba.contract import Context, Copied, Feature, How, Level


class IpAddress(Feature):
    """Address, block and network as nested levels; and whether this device is usual in this network."""

    key = "ip_address"
    label = _("IP address")
    about_data = _("Your network address and the network it belongs to. Kept as keyed hashes.")
    levels = (
        Level(
            "address",
            Copied(0.002, 0.002, 0.01, 0.01),
            0.35,
            within=("prefix", "asn", "country"),
            half_life=45,
            amid=("system",),
        ),
        Level(
            "prefix",
            Copied(0.01, 0.01, 0.05, 0.05),
            0.25,
            within=("asn", "country"),
            beside=("city",),
            half_life=90,
            amid=("system",),
        ),
        Level("device_in_network", Copied(0.5, 0.5, 0.5, 0.5), 0.1, within=("asn",), pair=("asn", "system")),
        Level("asn", Copied(0.02, 0.1, 0.5, 0.5), 0.08, within=("country",), beside=("city",), varied=2000),
    )
    words = {
        ("address", How.NEW): _("a network address you have not used before"),
        ("prefix", How.NEW): _("a part of the network you have not used before"),
        ("asn", How.NEW): _("an internet provider you have not used before"),
        ("asn", How.RARE): _("an internet provider you seldom use"),
        ("address", How.MISSING): _("we could not see the network address"),
        ("device_in_network", How.NEW): _("a device you do not use in this network otherwise"),
        ("velocity", How.NEW): _("many failed sign-ins from there or with your name"),
    }

    def read(self, context: Context) -> dict[str, str]:
        read = {}
        if context.asn:
            read["asn"] = str(context.asn)
            if context.system:
                read["device_in_network"] = f"{context.asn} {context.system}".lower()[:200]
        address = parse(context.address)
        if address is not None:
            read["address"] = str(address)
            read["prefix"] = str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
        return read


def parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, out of its IPv4-in-IPv6 wrapping; None for what is none."""
    try:
        address = ipaddress.ip_address(text[:64].partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
