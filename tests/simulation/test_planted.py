"""Each planted fault is found, by the invariant that it breaks."""

import pytest
from simulation.planted import PLANTS, Plant, finds


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name.replace(" ", "-"))
def test_a_planted_fault_is_found(plant: Plant) -> None:
    assert any(finds(plant, seed) for seed in plant.seeds)
