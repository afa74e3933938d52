//! What an error of the shell means. Messages are localised, so only the .NET type, the category and the error id
//! count; Exchange writes the name of its exception into the id (`[FailureCategory=Cmdlet-...Exception]`).

use crate::domain::{Component, Trouble, TroubleKind};
use crate::shell::protocol::CallError;
use crate::shell::{CallFailure, Loss, LossReason};

/// The trouble that a failed call amounts to.
pub fn trouble(failure: CallFailure, component: Option<&Component>) -> Trouble {
    let (kind, message) = match failure {
        CallFailure::Refused(error) => (kind(&error), error.message),
        CallFailure::Lost(loss) => {
            tracing::info!(reason = %loss.reason, "the shell was lost; the last it printed:\n{}", loss.tail);
            (loss_kind(&loss), loss.reason.to_string())
        }
    };
    Trouble { kind, component: component.cloned(), message }
}

fn loss_kind(loss: &Loss) -> TroubleKind {
    match &loss.reason {
        LossReason::Deadline(_) | LossReason::OutOfTime(_) => TroubleKind::Deadline,
        LossReason::Interrupted => TroubleKind::Interrupted,
        LossReason::Ended(_) | LossReason::Garbled(_) | LossReason::Session(_) => TroubleKind::ShellLost,
        LossReason::NotReplaced(why) => why.kind,
    }
}

/// What kind of trouble an error of the shell is.
pub fn kind(error: &CallError) -> TroubleKind {
    let category = error.category.as_deref().unwrap_or_default();
    let names = [error.kind.as_deref().unwrap_or_default(), error.id.as_deref().unwrap_or_default()];
    let named = |needles: &[&str]| needles.iter().any(|needle| names.iter().any(|name| name.contains(needle)));

    if named(&["CommandNotFoundException"]) {
        // RBAC does not forbid a cmdlet, it hides it.
        TroubleKind::AccessDenied
    } else if named(&["UnauthorizedAccess", "AccessDenied", "SecurityException", "CmdletAccessDenied"])
        || ["PermissionDenied", "SecurityError", "AuthenticationError"].contains(&category)
    {
        TroubleKind::AccessDenied
    } else if named(&["ManagementObjectNotFoundException"]) || category == "ObjectNotFound" {
        TroubleKind::NotFound
    } else if named(&["RpcException", "CimException", "System.IO.IOException", "ServerUnavailable", "ADTransient"])
        || ["ResourceUnavailable", "ConnectionError", "OpenError", "OperationTimeout"].contains(&category)
    {
        TroubleKind::Unreachable
    } else {
        TroubleKind::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_category_and_id_decide_and_the_text_never_does() {
        let error = |kind: &str, category: &str, id: &str| CallError {
            message: "Zugriff verweigert / access denied".into(),
            kind: Some(kind.into()),
            category: Some(category.into()),
            id: Some(id.into()),
            stack: None,
            lost: None,
        };
        let exchange_id = "[Server=EX01,RequestId=1,TimeStamp=1] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 3BD8,\
                           Microsoft.Exchange.Management.SystemConfigurationTasks.GetServerComponentState";
        for (error, expected) in [
            (error("System.Exception", "PermissionDenied", "x"), TroubleKind::AccessDenied),
            (error("System.UnauthorizedAccessException", "NotSpecified", "x"), TroubleKind::AccessDenied),
            (
                error(
                    "System.Management.Automation.CommandNotFoundException",
                    "ObjectNotFound",
                    "CommandNotFoundException",
                ),
                TroubleKind::AccessDenied,
            ),
            (error("System.Management.Automation.RemoteException", "NotSpecified", exchange_id), TroubleKind::NotFound),
            (error("System.Exception", "ObjectNotFound", "x"), TroubleKind::NotFound),
            (error("System.Exception", "ResourceUnavailable", "x"), TroubleKind::Unreachable),
            (error("System.IO.IOException", "NotSpecified", "x"), TroubleKind::Unreachable),
            (error("System.Exception", "NotSpecified", "x"), TroubleKind::Refused),
        ] {
            assert_eq!(kind(&error), expected, "{error:?}");
        }
        assert_eq!(kind(&CallError::default()), TroubleKind::Refused);
    }
}
