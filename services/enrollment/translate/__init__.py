"""The border of enrollment: messages become commands, stored events become messages; pure."""

from services.enrollment.translate.to_commands import Found, to_commands
from services.enrollment.translate.to_messages import to_message

__all__ = ["Found", "to_commands", "to_message"]
