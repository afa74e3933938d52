//! How a change goes out to several servers: one first, then more at a time, as a careful person would do it.

use std::fmt;
use std::num::NonZeroUsize;

/// The sizes of the batches, in order; the last repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batches(Vec<Size>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Servers(NonZeroUsize),
    /// Of those to be changed, 1 to 100, rounded up.
    Percent(u8),
}

impl Default for Batches {
    /// One server, then all the others.
    fn default() -> Self {
        Self(vec![Size::Servers(NonZeroUsize::MIN), Size::Percent(100)])
    }
}

impl Batches {
    /// Reads `1,5,25%`.
    ///
    /// # Errors
    /// With what is no size, and what one looks like.
    pub fn parse(typed: &str) -> Result<Self, String> {
        typed.split(',').map(|size| Size::parse(size.trim())).collect::<Result<_, _>>().map(Self)
    }

    /// The sizes of the batches that so many servers make, each at least 1; together they are all of them.
    pub fn of(&self, servers: usize) -> Vec<usize> {
        let mut left = servers;
        let mut sizes = Vec::new();
        let mut wanted = self.0.iter();
        let mut last = Size::Percent(100);
        while left > 0 {
            last = wanted.next().copied().unwrap_or(last);
            let size = last.of(servers).min(left);
            sizes.push(size);
            left -= size;
        }
        sizes
    }
}

impl Size {
    fn parse(typed: &str) -> Result<Self, String> {
        let size = match typed.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| (1..=100).contains(percent)).map(Self::Percent),
            None => typed.parse().ok().map(Self::Servers),
        };
        size.ok_or_else(|| format!("'{typed}' is no size of a batch; give numbers or percents, like 1,5,25%"))
    }

    fn of(self, servers: usize) -> usize {
        match self {
            Self::Servers(count) => count.get(),
            Self::Percent(percent) => servers.saturating_mul(usize::from(percent)).div_ceil(100).max(1),
        }
    }
}

/// As it is typed.
impl fmt::Display for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = |size: &Size| match size {
            Size::Servers(count) => count.to_string(),
            Size::Percent(percent) => format!("{percent}%"),
        };
        f.write_str(&self.0.iter().map(size).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_size_repeats_until_every_server_has_its_batch() {
        for (typed, servers, expected) in [
            ("1,100%", 1, vec![1]),
            ("1,100%", 40, vec![1, 39]),
            ("1,5,25%", 40, vec![1, 5, 10, 10, 10, 4]),
            ("1,5,25%", 3, vec![1, 2]),
            ("10%", 15, vec![2, 2, 2, 2, 2, 2, 2, 1]),
            ("1%", 3, vec![1, 1, 1]),
            ("7", 0, vec![]),
            (" 2 , 3 ", 6, vec![2, 3, 1]),
        ] {
            let batches = Batches::parse(typed).expect(typed);
            assert_eq!(batches.of(servers), expected, "{typed} of {servers}");
        }
        assert_eq!(Batches::default(), Batches::parse("1,100%").expect("the usual"));
    }

    #[test]
    fn a_size_is_a_number_or_a_percentage_of_at_least_one() {
        for wrong in ["", "0", "0%", "101%", "-1", "1,,2", "1;2", "five", "%", "1.5", "99999999999999999999"] {
            assert!(Batches::parse(wrong).is_err(), "{wrong}");
        }
        for right in ["1", "1,5,25%", "100%"] {
            assert_eq!(Batches::parse(right).expect(right).to_string(), right);
        }
    }
}
