//! The services of a server, read through the shell. That they cannot be read is an answer: it says nothing about the
//! components, so that it neither ends a look nor changes how a run ends.

use crate::domain::{Event, Server, Service, ServiceSnapshot, ServiceState, Services, StartType};
use crate::shell::CallFailure;
use crate::shell::protocol::{Call, ServiceItem, ServicesAnswer};

use super::{Observer, refusal};

impl Observer {
    /// The four services behind POP3 and IMAP4.
    pub(super) fn services(&mut self, server: &Server, on_event: &mut dyn FnMut(Event<'_>)) -> Services {
        let call = Call::GetServices { server: self.machine(server) };
        match self.call::<ServicesAnswer>(&call, on_event) {
            Ok(answer) => Services::Read(answer.services.iter().filter_map(seen).collect()),
            Err(CallFailure::Refused(error)) => Services::Unreadable(error.message),
            Err(failure @ CallFailure::Lost(_)) => Services::Unreadable(refusal::trouble(failure, None).message),
        }
    }
}

/// One service; `None`: it is none of the four, or says too little.
fn seen(item: &ServiceItem) -> Option<ServiceSnapshot> {
    Some(ServiceSnapshot {
        service: Service::parse(item.name.as_deref()?)?,
        state: ServiceState::parse(item.state.as_deref()?),
        start: StartType::parse(item.start_mode.as_deref()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_its_name_in_any_case_and_needs_state_and_start_type() {
        let item = |name: &str, state: Option<&str>, start: Option<&str>| ServiceItem {
            name: Some(name.to_owned()),
            state: state.map(str::to_owned),
            start_mode: start.map(str::to_owned),
        };
        let expected = ServiceSnapshot {
            service: Service::PopBackEnd,
            state: ServiceState::Other("Start Pending".to_owned()),
            start: StartType::Automatic,
        };
        assert_eq!(seen(&item("msexchangepop3be", Some("Start Pending"), Some("Auto"))), Some(expected));
        for odd in [
            item("MSExchangeTransport", Some("Running"), Some("Auto")),
            item("MSExchangePop3", None, Some("Auto")),
            item("MSExchangePop3", Some("Running"), None),
            ServiceItem::default(),
        ] {
            assert_eq!(seen(&odd), None, "{odd:?}");
        }
    }
}
