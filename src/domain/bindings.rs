//! The first SSL binding of a protocol: it is the one that Managed Availability's probe connects to.

use core::net::IpAddr;

use super::probe::reaches_this_machine;

/// A specific address as the first SSL binding. The probe connects to it (0.0.0.0 becomes 127.0.0.1, `[::]` becomes ::1, a
/// specific address stays), and an Inactive front end refuses every source but loopback: once the component is Inactive the
/// probe is turned away as well, so that Managed Availability never sets it Active again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingDeadlock {
    /// The binding, as it was read.
    pub first: String,
    /// All bindings in an order that ends it.
    pub mended: Vec<String>,
}

impl BindingDeadlock {
    /// That of these `SSLBindings`. Without any, or where the first is no address, nothing is known of the probe.
    pub fn of(bindings: &[String]) -> Option<Self> {
        let first = bindings.first()?;
        if !is_specific(first)? {
            return None;
        }
        let mut mended = bindings.to_vec();
        let other = bindings.iter().position(|binding| is_specific(binding) == Some(false));
        let front = match other {
            Some(at) => mended.remove(at),
            None => format!("127.0.0.1:{}", first.trim().rsplit_once(':')?.1),
        };
        mended.insert(0, front);
        Some(Self { first: first.clone(), mended })
    }
}

/// Whether a binding such as `192.168.1.5:995` is for one address that is not loopback; `None`: it is no address and port.
fn is_specific(binding: &str) -> Option<bool> {
    let (address, _) = binding.trim().rsplit_once(':')?;
    if ["", "*"].contains(&address) {
        return Some(false);
    }
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
    Some(!reaches_this_machine(bare.parse::<IpAddr>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_specific_address_in_front_is_a_deadlock() {
        for (bindings, mended) in [
            // As Exchange is installed, and loopback.
            (&["[::]:995", "0.0.0.0:995"][..], None),
            (&["0.0.0.0:995", "192.168.1.5:995"], None),
            (&["127.0.0.1:995", "192.168.1.5:995"], None),
            (&["[::1]:995"], None),
            (&["0000:0000:0000:0000:0000:0000:0000:0000:995", "192.168.1.5:995"], None),
            (&[":995"], None),
            (&["*:995"], None),
            // The first that the probe reaches goes to the front.
            (&["192.168.1.5:995", "0.0.0.0:995"], Some(&["0.0.0.0:995", "192.168.1.5:995"][..])),
            (
                &["192.168.1.5:995", "10.0.0.1:995", "[::]:995", "127.0.0.1:995"],
                Some(&["[::]:995", "192.168.1.5:995", "10.0.0.1:995", "127.0.0.1:995"]),
            ),
            (&["192.168.1.5:995", "[::1]:9995"], Some(&["[::1]:9995", "192.168.1.5:995"])),
            // Where there is none, loopback is added.
            (&["192.168.1.5:995"], Some(&["127.0.0.1:995", "192.168.1.5:995"])),
            (&["[fd00::5]:9995", "10.0.0.1:995"], Some(&["127.0.0.1:9995", "[fd00::5]:9995", "10.0.0.1:995"])),
            // Nothing is made of what is not there, or is no address.
            (&[], None),
            (&["mail.contoso.com:995"], None),
            (&["192.168.1.5"], None),
        ] {
            let bindings = bindings.iter().map(ToString::to_string).collect::<Vec<_>>();
            let found = BindingDeadlock::of(&bindings);
            let expected = mended.map(|mended| mended.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(found.as_ref().map(|it| &it.mended), expected.as_ref(), "{bindings:?}");
            assert!(found.is_none_or(|it| it.first == bindings[0]));
        }
    }
}
