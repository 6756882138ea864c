"""Populations that the report compares: if a ranking holds on one alone, it was fitted to it."""

from dataclasses import replace

from bench.risk.otherwise.world import Scene
from bench.risk.world import Shape

ORDINARY = Shape()
OTHERWISE = Scene()
SHAPES: dict[str, Shape | Scene] = {
    shape.name: shape
    for shape in (
        ORDINARY,
        replace(ORDINARY, name="phones", mobile=0.75),
        replace(ORDINARY, name="spread out", at_home=0.3, travel=0.08),
        replace(ORDINARY, name="steady fingerprints", fingerprint_holds=0.97, fingerprint_turns=0.002),
        replace(ORDINARY, name="restless fingerprints", fingerprint_holds=0.0, fingerprint_turns=0.12),
        replace(ORDINARY, name="offices", sharing=0.8, mobile=0.2),
        replace(ORDINARY, name="new address daily", lease=1.0),
        replace(ORDINARY, name="rare visitors", pace=0.06),
        replace(ORDINARY, name="lossy", missing=0.08),
        replace(ORDINARY, name="attackers next door", same_network=1.0, attack_hours="victim", guesses=0.0, reuse=0.0),
        # The second generator
        OTHERWISE,
        replace(OTHERWISE, name="otherwise on the phone", on_phone=0.7, cgnat=24),
        replace(OTHERWISE, name="otherwise restless", private=0.2, redraw=0.8, renewal=20.0),
        replace(OTHERWISE, name="otherwise seldom", gap=20.0, few=0.5),
        replace(OTHERWISE, name="otherwise next door", neighbour=1.0, waking=1.0, stale=3),
        replace(OTHERWISE, name="otherwise gaps", gaps=0.1, blocking=0.15),
    )
}
