//! How many shells Exchange allows an account at a time: its throttling policies.

/// The throttling policy that is in force for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShellPolicy {
    /// Its name.
    pub(crate) name: String,
    /// How many shells at a time, as Exchange writes it: a number, or `Unlimited`.
    pub(crate) most: String,
}

/// A policy as Exchange lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedPolicy {
    pub(crate) name: String,
    /// `Global`, `Organization` or `Regular`.
    pub(crate) scope: String,
    /// How many shells; `None`: what the next wider scope says.
    pub(crate) most: Option<String>,
}

impl ShellPolicy {
    /// What is not said in the account's own policy is said in that of the organisation, else in the global one.
    pub(crate) fn in_force(own: Option<&str>, listed: Vec<ListedPolicy>) -> Option<Self> {
        // A path in Active Directory ends in the name.
        let own = own.and_then(|path| path.rsplit(['/', '\\']).next());
        let rank = |it: &ListedPolicy| {
            if own.is_some_and(|own| own.eq_ignore_ascii_case(&it.name)) {
                return Some(0);
            }
            ["Organization", "Global"].iter().position(|scope| it.scope.eq_ignore_ascii_case(scope)).map(|at| at + 1)
        };
        let said = listed.into_iter().filter_map(|it| Some((rank(&it)?, Self { most: it.most?, name: it.name })));
        said.min_by_key(|(rank, _)| *rank).map(|(_, policy)| policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_own_policy_leaves_open_the_wider_one_says() {
        let policy = |name: &str, scope: &str, most: Option<&str>| ListedPolicy {
            name: name.to_owned(),
            scope: scope.to_owned(),
            most: most.map(str::to_owned),
        };
        let global = policy("GlobalThrottlingPolicy", "Global", Some("18"));
        let wide = policy("Wide", "Organization", Some("30"));
        let admins = |most| policy("Admins", "Regular", most);
        for (own, listed, expected) in [
            (None, vec![global.clone()], Some(("GlobalThrottlingPolicy", "18"))),
            (None, vec![admins(Some("50")), global.clone()], Some(("GlobalThrottlingPolicy", "18"))),
            (None, vec![global.clone(), wide.clone()], Some(("Wide", "30"))),
            (Some("contoso.local/Services/admins"), vec![global.clone(), admins(Some("50"))], Some(("Admins", "50"))),
            (Some("Admins"), vec![admins(None), wide, global], Some(("Wide", "30"))),
            (Some("Admins"), vec![], None),
        ] {
            let seen = ShellPolicy::in_force(own, listed);
            assert_eq!(seen.as_ref().map(|it| (it.name.as_str(), it.most.as_str())), expected);
        }
    }
}
