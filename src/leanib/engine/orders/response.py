"""The answer to an order request (`Common/Orders/OrderResponse.cs`), with LEAN's texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from leanib.engine.naming import LeanObject
from leanib.engine.orders.enums import OrderResponseErrorCode

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.requests import OrderRequest, SubmitOrderRequest

__all__ = ["OrderResponse"]


class OrderResponse(LeanObject):
    """Success, or an error with its code and text; `OrderResponse.UNPROCESSED` until there is an answer."""

    UNPROCESSED: ClassVar[OrderResponse]
    Unprocessed: ClassVar[OrderResponse]

    def __init__(
        self,
        order_id: int,
        error_code: OrderResponseErrorCode = OrderResponseErrorCode.NONE,
        error_message: str | None = None,
    ) -> None:
        self.order_id = order_id
        self.error_code = error_code
        self.error_message = error_message
        if error_code != OrderResponseErrorCode.NONE and error_message is None:
            self.error_message = "An unexpected error occurred."

    @property
    def is_processed(self) -> bool:
        """Whether there is an answer yet."""
        return self is not OrderResponse.UNPROCESSED

    @property
    def is_error(self) -> bool:
        """Whether the request was refused."""
        return self.is_processed and self.error_code != OrderResponseErrorCode.NONE

    @property
    def is_success(self) -> bool:
        """Whether the request was accepted."""
        return self.is_processed and self.error_code == OrderResponseErrorCode.NONE

    @classmethod
    def success(cls, request: OrderRequest) -> OrderResponse:
        """The request was accepted."""
        return cls(request.order_id)

    @classmethod
    def error(cls, request: OrderRequest, code: OrderResponseErrorCode, message: str | None) -> OrderResponse:
        """The request was refused."""
        return cls(request.order_id, code, message)

    @classmethod
    def invalid_status(cls, request: OrderRequest, order: Order) -> OrderResponse:
        """The order is closed already."""
        status = order.status.lean_name
        text = f"Unable to update order with id {request.order_id} because it already has {status} status."
        return cls.error(request, OrderResponseErrorCode.INVALID_ORDER_STATUS, text)

    @classmethod
    def invalid_new_status(cls, request: OrderRequest, order: Order) -> OrderResponse:
        """The order has not been confirmed yet."""
        text = (
            f"Unable to update or cancel order with id {request.order_id} and status {order.status.lean_name} "
            "because the submit confirmation has not been received yet."
        )
        return cls.error(request, OrderResponseErrorCode.INVALID_NEW_ORDER_STATUS, text)

    @classmethod
    def unable_to_find_order(cls, request: OrderRequest) -> OrderResponse:
        """There is no order of that id."""
        text = f"Unable to locate order with id {request.order_id}."
        return cls.error(request, OrderResponseErrorCode.UNABLE_TO_FIND_ORDER, text)

    @classmethod
    def zero_quantity(cls, request: OrderRequest) -> OrderResponse:
        """An order of nothing."""
        kind = request.order_request_type.lean_name.lower()
        text = f"Unable to {kind} order with id {request.order_id} that has zero quantity."
        return cls.error(request, OrderResponseErrorCode.ORDER_QUANTITY_ZERO, text)

    @classmethod
    def missing_security(cls, request: SubmitOrderRequest) -> OrderResponse:
        """The security was never added."""
        name = request.symbol.value
        text = f"You haven't requested {name} data. Add this with add_security() in the initialize() method."
        return cls.error(request, OrderResponseErrorCode.MISSING_SECURITY, text)

    @classmethod
    def warming_up(cls, request: OrderRequest) -> OrderResponse:
        """Orders are not taken before the algorithm runs."""
        text = (
            "This operation is not allowed in initialize or during warm up: "
            f"OrderRequest.{request.order_request_type.lean_name.lower()}. "
            "Please move this code to the on_warmup_finished() method."
        )
        return cls.error(request, OrderResponseErrorCode.ALGORITHM_WARMING_UP, text)

    def __str__(self) -> str:
        if not self.is_processed:
            return "Unprocessed"
        return f"Error: {self.error_code.lean_name} - {self.error_message}" if self.is_error else "Success"

    __repr__ = __str__


OrderResponse.UNPROCESSED = OrderResponse.Unprocessed = OrderResponse(
    -(2**31), error_message="The request has not yet been processed."
)
