//! Lists in which nothing is named twice.

/// Each of them once, in the order they come. The lists of a run are short: a second look at each costs nothing.
pub fn each_once<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for item in all {
        if !once.contains(&item) {
            once.push(item);
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_stays_where_it_is() {
        assert_eq!(each_once(["b", "a", "b", "c", "a"]), ["b", "a", "c"]);
        assert_eq!(each_once(Vec::<u8>::new()), [0; 0]);
    }
}
