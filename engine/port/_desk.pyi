from typing import final

@final
class Desk: ...
