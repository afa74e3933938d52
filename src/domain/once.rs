//! Lists in which nothing is named twice, or told twice.

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

/// What has the same key together, in the order in which the keys come up first.
pub fn alike<K: PartialEq, V>(items: impl IntoIterator<Item = (K, V)>) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in items {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_stays_where_it_is() {
        assert_eq!(each_once(["b", "a", "b", "c", "a"]), ["b", "a", "c"]);
        assert_eq!(each_once(Vec::<u8>::new()), [0; 0]);
        assert_eq!(alike([("b", 1), ("a", 2), ("b", 3)]), [("b", vec![1, 3]), ("a", vec![2])]);
    }
}
