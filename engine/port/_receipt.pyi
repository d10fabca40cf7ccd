from typing import Any

class Receipt:
    _source: Any
    _home: Any
    _plain: Any
    _result: Any
    _explanation: Any
    @property
    def _json(self) -> bytes | None: ...
    @property
    def grand_total(self) -> int: ...
    @property
    def discount_total(self) -> int: ...
    @property
    def cart_id(self) -> str: ...
