# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.bodies.smpl import Body, load_body


@pytest.fixture(scope="session")
def body() -> Body:
    """The bundled open human."""
    return load_body()


@pytest.fixture(scope="session")
def fields(body) -> dict[str, np.ndarray]:
    return body.fields
