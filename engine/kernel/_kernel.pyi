from array import array
from typing import final

from ..plan.columns import Columns
from ..plan.plan import Plan

@final
class Scratch: ...

@final
class Kernel:
    def __init__(self, plan: Plan) -> None: ...
    def run(self, columns: Columns) -> tuple[array[int], ...]: ...
