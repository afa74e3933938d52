//! The errors of the simulated cmdlets: type, category and id as the real ones are documented or reported, and a text
//! in the manner of the product.

use crate::domain::{Service, ServiceState};
use crate::shell::protocol::CallError;

fn error(message: impl Into<String>, kind: &str, category: &str, id: &str) -> CallError {
    CallError {
        message: message.into(),
        kind: Some(kind.to_owned()),
        category: Some(category.to_owned()),
        id: Some(id.to_owned()),
        lost: None,
        stack: Some("at <ScriptBlock>, <simulated>: line 1".into()),
    }
}

pub(crate) fn no_such_server(server: &str) -> CallError {
    error(
        format!(
            "The operation couldn't be performed because object '{server}' couldn't be found on 'DC01.contoso.local'."
        ),
        "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        "ObjectNotFound",
        "[Server=SIMULATED] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8F2A1C3D",
    )
}

pub(crate) fn no_such_component(component: &str) -> CallError {
    error(
        format!("The server component '{component}' isn't valid."),
        "System.ArgumentException",
        "InvalidArgument",
        "[Server=SIMULATED] [FailureCategory=Cmdlet-ArgumentException] 5B7E90A1",
    )
}

pub(crate) fn too_old(server: &str) -> CallError {
    error(
        format!("The server '{server}' runs a version of Exchange that has no component states."),
        "System.InvalidOperationException",
        "InvalidOperation",
        "[Server=SIMULATED] [FailureCategory=Cmdlet-InvalidOperationException] 61D3F7B2",
    )
}

pub(crate) fn parameter(name: &str, value: &str) -> CallError {
    error(
        format!("Cannot process argument transformation on parameter '{name}'. Cannot convert value \"{value}\"."),
        "System.Management.Automation.ParameterBindingException",
        "InvalidData",
        "ParameterArgumentTransformationError,Set-ServerComponentState",
    )
}

pub(crate) fn not_local_only(component: &str) -> CallError {
    error(
        format!("The parameter LocalOnly can't be used with the server component '{component}'."),
        "System.ArgumentException",
        "InvalidArgument",
        "[Server=SIMULATED] [FailureCategory=Cmdlet-ArgumentException] 4D20B6C7",
    )
}

/// The registry does not answer, after Active Directory was written.
pub(crate) fn registry_fails(server: &str) -> CallError {
    error(
        format!("The registry of '{server}' did not answer within 120 seconds."),
        "System.IO.IOException",
        "ResourceUnavailable",
        "[Server=SIMULATED] [FailureCategory=Cmdlet-IOException] 6F3E2B91",
    )
}

pub(crate) fn access_denied() -> CallError {
    error(
        "Access is denied.",
        "System.UnauthorizedAccessException",
        "PermissionDenied",
        "[Server=SIMULATED] [FailureCategory=Cmdlet-UnauthorizedAccessException] 3C90D1E4",
    )
}

/// A session with the Exchange shell is refused to an account without any Exchange role.
pub(crate) fn access_denied_on_load() -> CallError {
    error(
        "Connecting to the remote Exchange server failed with the following error message : Access is denied.",
        "System.Management.Automation.Remoting.PSRemotingTransportException",
        "OpenError",
        "AccessDenied,PSSessionOpenFailed",
    )
}

/// The server of a remote session does not answer.
pub(crate) fn cannot_open(server: &str) -> CallError {
    error(
        format!("Connecting to remote server {server} failed: WinRM cannot complete the operation."),
        "System.Management.Automation.Remoting.PSRemotingTransportException",
        "OpenError",
        "-2144108250,PSSessionOpenFailed",
    )
}

pub(crate) fn refused(message: &str, category: &str) -> CallError {
    error(
        message,
        "Microsoft.Exchange.Configuration.Tasks.TaskException",
        category,
        "[Server=SIMULATED] [FailureCategory=Cmdlet-TaskException] 77AA01C9",
    )
}

pub(crate) fn server_down(server: &str) -> CallError {
    error(
        format!("The network path was not found: '{server}'."),
        "System.IO.IOException",
        "ResourceUnavailable",
        "[Server=SIMULATED] [FailureCategory=Cmdlet-IOException] 12F0C6A8",
    )
}

pub(crate) fn no_connection(server: &str) -> CallError {
    error(
        format!("WinRM cannot complete the operation. Verify that the specified computer name is valid: '{server}'."),
        "Microsoft.Management.Infrastructure.CimException",
        "ConnectionError",
        "HRESULT 0x80338126,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand",
    )
}

/// WMI of a server refuses to say anything about its services.
pub(crate) fn no_services(server: &str) -> CallError {
    error(
        format!("Access denied: the services of '{server}' cannot be read."),
        "Microsoft.Management.Infrastructure.CimException",
        "PermissionDenied",
        "HRESULT 0x80041003,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand",
    )
}

/// Windows refuses to start or to stop a service.
pub(crate) fn service(service: Service, to: &ServiceState, why: &str) -> CallError {
    let (verb, id) = if *to == ServiceState::Running {
        ("start", "Relight.NotStarted,Start-ExchangeService")
    } else {
        ("stop", "Relight.NotStopped,Stop-ExchangeService")
    };
    let name = service.name();
    let message = format!("Windows refuses to {verb} '{name}': {why}");
    error(message, "System.InvalidOperationException", "InvalidOperation", id)
}

pub(crate) fn failed_load() -> CallError {
    error(
        "No Exchange servers are available in any Active Directory sites.",
        "System.Management.Automation.RuntimeException",
        "OperationStopped",
        "No Exchange servers are available in any Active Directory sites.",
    )
}

/// What the connect script says where Exchange's tools are not installed.
pub(crate) fn no_tools() -> CallError {
    error(
        "the Exchange Management Tools are not installed here",
        "System.InvalidOperationException",
        "NotInstalled",
        "Relight.ExchangeToolsNotFound",
    )
}

pub(crate) fn prompt() -> CallError {
    error(
        "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        "System.Management.Automation.PSInvalidOperationException",
        "InvalidOperation",
        "InvalidOperation,Microsoft.PowerShell.Commands.ReadHostCommand",
    )
}

pub(crate) fn no_such_cmdlet(cmdlet: &str) -> CallError {
    error(
        format!(
            "The term '{cmdlet}' is not recognized as the name of a cmdlet, function, script file, or operable program."
        ),
        "System.Management.Automation.CommandNotFoundException",
        "ObjectNotFound",
        "CommandNotFoundException",
    )
}

pub(crate) fn unknown_operation(op: &str) -> CallError {
    let message = format!("unknown operation '{op}'");
    error(message.clone(), "System.Management.Automation.RuntimeException", "OperationStopped", &message)
}

pub(crate) fn not_a_request(why: &str) -> CallError {
    error(
        format!("the request makes no sense: {why}"),
        "System.ArgumentException",
        "InvalidArgument",
        "ArgumentException",
    )
}

/// The simulator's own trouble.
pub(crate) fn not_kept(why: &str) -> CallError {
    error(why, "System.IO.IOException", "WriteError", "ScenarioNotKept")
}

/// The scenario file cannot be read just now, or is half written.
pub(crate) fn not_read(why: &str) -> CallError {
    error(why, "System.IO.IOException", "ReadError", "ScenarioNotRead")
}
