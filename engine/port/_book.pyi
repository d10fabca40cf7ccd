from typing import final

from ..kernel._kernel import Kernel
from ..plan.labels import Labels
from ..plan.plan import Plan

@final
class Book:
    plan: Plan
    labels: Labels
    kernel: Kernel
    def __init__(self, plan: Plan, kernel: Kernel | None = None) -> None: ...
