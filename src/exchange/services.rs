//! The services of a server, read through the shell. That they cannot be read is an answer: it says nothing about the
//! components, so that it neither ends a look nor changes how a run ends.

use crate::domain::{Event, HealthManager, Server, Service, ServiceSnapshot, ServiceState, Services, StartType};
use crate::shell::CallFailure;
use crate::shell::protocol::{Call, ServiceItem, ServicesAnswer};

use super::{Observer, refusal};

impl Observer {
    /// The four services behind POP3 and IMAP4, and the Health Manager where it is there and can be read.
    pub(super) fn services(
        &mut self,
        server: &Server,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> (Services, Option<HealthManager>) {
        let names = Service::ALL.into_iter().map(Service::name).chain([HealthManager::NAME]).map(str::to_owned);
        let call = Call::GetServices { server: self.machine(server), names: names.collect() };
        let unreadable = match self.call::<ServicesAnswer>(&call, on_event) {
            Ok(answer) => {
                let health_manager = answer.services.iter().find_map(health_manager);
                return (Services::Read(answer.services.iter().filter_map(seen).collect()), health_manager);
            }
            Err(CallFailure::Refused(error)) => error.message,
            Err(failure @ CallFailure::Lost(_)) => refusal::trouble(failure, None).message,
        };
        (Services::Unreadable(unreadable), None)
    }
}

/// The Health Manager, if this is it.
fn health_manager(item: &ServiceItem) -> Option<HealthManager> {
    item.name.as_deref().filter(|name| name.eq_ignore_ascii_case(HealthManager::NAME))?;
    Some(HealthManager {
        state: ServiceState::parse(item.state.as_deref()?),
        start: StartType::parse(item.start_mode.as_deref()?),
    })
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
        let manager = item("msexchangehm", Some("Running"), Some("Auto"));
        let running = HealthManager { state: ServiceState::Running, start: StartType::Automatic };
        assert_eq!((seen(&manager), health_manager(&manager)), (None, Some(running)));
        assert_eq!(health_manager(&item("MSExchangePop3", Some("Running"), Some("Auto"))), None);
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
