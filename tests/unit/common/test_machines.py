"""What is told of a machine."""

import os
import platform

from anurans.common.machines import describe_machine


def test_a_machine_is_described_without_its_name():
    found = describe_machine()
    assert found["cores"] == os.cpu_count()
    assert found["memory_gb"] > 0
    assert found["python"] == platform.python_version()
    assert found["processor"]
    assert platform.node() not in found.values()
