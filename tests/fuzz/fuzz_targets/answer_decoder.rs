//! Any bytes in a frame are an answer, an error, or refused: nothing panics, whatever the caller asked for and whatever
//! depth, size or kind the JSON has.
#![no_main]

use libfuzzer_sys::fuzz_target;
use relight::shell::protocol::{
    AvailabilityGroupsAnswer, Body, CertificatesAnswer, ComponentStateAnswer, Connected, EnvironmentAnswer,
    ExchangeServerAnswer, ExchangeServersAnswer, LoggedChangesAnswer, MonitoringOverridesAnswer,
    ProtocolSettingsAnswer, RecoveryActionsAnswer, RoleAnswer, ServerHealthAnswer, ServicesAnswer,
    SetComponentStateAnswer, SetupProcessAnswer, StartServiceAnswer, StopServiceAnswer, read_data,
};

/// Reads the data as each of these answers, and says it as a log would.
macro_rules! read {
    ($data:expr => $($answer:ty),+ $(,)?) => { $(
        let _ = read_data::<$answer>($data.clone()).map(|answer| format!("{answer:?}"));
    )+ };
}

fuzz_target!(|data: &[u8]| {
    let Ok(body) = Body::parse(data) else { return };
    let _ = format!("{body:?} {body}");
    if let Body::Result { data } = body {
        read!(data =>
            Connected,
            ExchangeServerAnswer,
            ExchangeServersAnswer,
            AvailabilityGroupsAnswer,
            ComponentStateAnswer,
            SetupProcessAnswer,
            EnvironmentAnswer,
            RoleAnswer,
            ServicesAnswer,
            ServerHealthAnswer,
            ProtocolSettingsAnswer,
            CertificatesAnswer,
            RecoveryActionsAnswer,
            MonitoringOverridesAnswer,
            LoggedChangesAnswer,
            SetComponentStateAnswer,
            StartServiceAnswer,
            StopServiceAnswer,
        );
    }
});
