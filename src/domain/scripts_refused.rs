//! A policy of the machine that lets PowerShell run none of relight's scripts, and what can be done about it.

use std::fmt;

/// PowerShell refused relight's scripts, because of the execution policy that group policy sets, or of AppLocker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptsRefused {
    /// Who sets it, and to what, as `Get-ExecutionPolicy -List` says it; `None`: the machine does not tell.
    pub policy: Option<String>,
    /// Whether this build of relight has signed scripts.
    pub signed: bool,
}

impl ScriptsRefused {
    /// Whether this is what PowerShell printed when it refused a script, by what it translates into no language: the error's
    /// category, type and id.
    pub fn is_told_by(printed: &str) -> bool {
        const MARKS: [&str; 3] = ["SecurityError", "PSSecurityException", "UnauthorizedAccess"];
        printed.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| MARKS.contains(&word))
    }

    /// What to do.
    pub fn advice(&self) -> &'static str {
        let Some(policy) = self.policy.as_deref() else {
            return "See Get-ExecutionPolicy -List in that PowerShell, and the rules of AppLocker for scripts in the folder for \
                    temporary files: have one of them let relight's scripts run.";
        };
        if policy.ends_with("Restricted") {
            "Restricted runs no script, signed or not. Have group policy set AllSigned or RemoteSigned, or run relight on \
             another machine: --connection remote."
        } else if self.signed {
            "The scripts of this relight are signed: have the certificate that Get-AuthenticodeSignature shows of \
             relight.exe put into Trusted Publishers on this machine, or group policy set RemoteSigned."
        } else {
            "This relight is a build whose scripts are not signed. Use a signed release and have its certificate put into \
             Trusted Publishers on this machine, or group policy set RemoteSigned."
        }
    }
}

impl fmt::Display for ScriptsRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match &self.policy {
            Some(policy) => &format!("group policy sets the execution policy {policy}"),
            None => "a policy of this machine forbids it (AllSigned, Restricted or AppLocker)",
        };
        write!(f, "PowerShell may not run relight's scripts: {by}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_translated_tells_and_nothing_else() {
        let five = "Die Datei \"C:\\T\\engine.ps1\" kann nicht geladen werden. Die Datei ist nicht digital signiert.\r\n    \
                    + CategoryInfo          : Sicherheitsfehler: (:) [], ParentContainsErrorRecordException\r\n    \
                    + FullyQualifiedErrorId : UnauthorizedAccess\r\n";
        let seven = "SecurityError: File C:\\T\\engine.ps1 cannot be loaded. Invalid parameter..";
        for (printed, expected) in [
            (five, true),
            (seven, true),
            ("+ CategoryInfo : SecurityError: (:) [], PSSecurityException", true),
            ("System.UnauthorizedAccessException: Access to the path is denied.", false),
            ("The file is not digitally signed.", false),
            ("", false),
        ] {
            assert_eq!(ScriptsRefused::is_told_by(printed), expected, "{printed}");
        }
    }

    #[test]
    fn what_to_do_depends_on_the_policy_and_on_the_build() {
        let advice = |policy: Option<&str>, signed| {
            ScriptsRefused { policy: policy.map(str::to_owned), signed }.advice().split_whitespace().next()
        };
        assert_eq!(advice(Some("MachinePolicy Restricted"), true), Some("Restricted"));
        assert_eq!(advice(Some("UserPolicy AllSigned"), true), Some("The"));
        assert_eq!(advice(Some("UserPolicy AllSigned"), false), Some("This"));
        assert_eq!(advice(None, false), Some("See"));
    }
}
