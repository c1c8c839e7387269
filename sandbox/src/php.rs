//! What PHP makes of the names in a form: arrays of arrays, in the order in which it keeps them.
//!
//! The service's hash covers what PHP writes from `$_POST`, so the order and the names are PHP's and
//! not those of the body: `a[0][x]=1&b=2&a[0][y]=3` is `a[0][x]`, `a[0][y]`, `b`.

/// PHP's `max_input_vars`: it reads so many parameters and no more.
const MAX_PARAMETERS: usize = 1000;

/// PHP's `max_input_nesting_level`: what is deeper is dropped.
const MAX_DEPTH: usize = 64;

/// A parameter as PHP holds it.
enum Node {
    Text(Vec<u8>),
    Array(Vec<(Vec<u8>, Node)>),
}

/// The keys within an array, from the outermost; `None` is the next free number.
type Keys = Vec<Option<Vec<u8>>>;

/// Parameters with decoded names and values, as `$_POST` has them: the full name of each text, such
/// as `goods[0][good_sum]`, in PHP's order.
pub(crate) fn parameters(pairs: impl Iterator<Item = (Vec<u8>, Vec<u8>)>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    for (name, value) in pairs.take(MAX_PARAMETERS) {
        if let Some((base, keys)) = path(&name) {
            insert(&mut all, base, &keys, value);
        }
    }
    let mut flat = Vec::new();
    for (name, node) in all {
        flatten(name, node, &mut flat);
    }
    flat
}

/// A name as its parts: `a[b][]` is `a`, then `b`, then the next free number. `None` if PHP drops it.
fn path(name: &[u8]) -> Option<(Vec<u8>, Keys)> {
    // PHP's names are C strings.
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    let start = name.iter().position(|&byte| byte != b' ')?;
    let name = &name[start..];
    let open = name.iter().position(|&byte| byte == b'[').unwrap_or(name.len());
    let (base, mut rest) = name.split_at(open);
    let mut base = plain(base);
    if base.is_empty() {
        return None;
    }
    let mut keys = Vec::new();
    while let Some(inside) = rest.strip_prefix(b"[") {
        if keys.len() == MAX_DEPTH {
            return None;
        }
        let blank = usize::from(inside.first().is_some_and(|&byte| byte.is_ascii_whitespace() || byte == 0x0b));
        match inside.iter().skip(blank).position(|&byte| byte == b']').map(|place| place + blank) {
            Some(end) => {
                keys.push((end > blank).then(|| inside[..end].to_vec()));
                rest = &inside[end + 1..];
            }
            None => {
                if keys.is_empty() {
                    base.push(b'_');
                    base.extend(plain(inside));
                }
                break;
            }
        }
    }
    Some((base, keys))
}

/// PHP's variables have neither blanks nor dots in their names.
fn plain(name: &[u8]) -> Vec<u8> {
    name.iter().map(|&byte| if matches!(byte, b' ' | b'.' | b'[') { b'_' } else { byte }).collect()
}

fn insert(array: &mut Vec<(Vec<u8>, Node)>, name: Vec<u8>, keys: &[Option<Vec<u8>>], value: Vec<u8>) {
    let place = array.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
        array.push((name, Node::Text(Vec::new())));
        array.len() - 1
    });
    let node = &mut array[place].1;
    let Some((key, deeper)) = keys.split_first() else {
        *node = Node::Text(value);
        return;
    };
    if let Node::Text(_) = node {
        *node = Node::Array(Vec::new());
    }
    if let Node::Array(members) = node {
        let key = key.clone().unwrap_or_else(|| next_number(members));
        insert(members, key, deeper, value);
    }
}

/// The key of what is appended: one more than the greatest number.
fn next_number(members: &[(Vec<u8>, Node)]) -> Vec<u8> {
    let numbers = members.iter().filter_map(|(key, _)| {
        let text = std::str::from_utf8(key).ok()?;
        text.parse::<i64>().ok().filter(|number| number.to_string() == text)
    });
    numbers.max().map_or(0, |last| last.saturating_add(1)).to_string().into_bytes()
}

fn flatten(name: Vec<u8>, node: Node, flat: &mut Vec<(Vec<u8>, Vec<u8>)>) {
    match node {
        Node::Text(value) => flat.push((name, value)),
        Node::Array(members) => {
            for (key, member) in members {
                flatten([&name[..], b"[", &key, b"]"].concat(), member, flat);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        let pairs = names.iter().map(|name| (name.as_bytes().to_vec(), Vec::new()));
        parameters(pairs).into_iter().map(|(name, _)| String::from_utf8(name).unwrap()).collect()
    }

    #[test]
    fn the_members_of_an_array_stand_together_where_the_first_of_them_stood() {
        assert_eq!(names(&["a[0][x]", "b", "a[0][y]", "a[1][x]"]), ["a[0][x]", "a[0][y]", "a[1][x]", "b"]);
    }

    #[test]
    fn what_has_no_key_gets_the_next_number() {
        assert_eq!(names(&["a[]", "a[7]", "a[x]", "a[ ]", "b[-9][]"]), ["a[0]", "a[7]", "a[x]", "a[8]", "b[-9][0]"]);
    }

    #[test]
    fn names_that_are_no_variables_become_some() {
        assert_eq!(names(&[" a.b c", "x[y", "p[q]r", "m[n][o", "", "[z]", " "]), ["a_b_c", "x_y", "p[q]", "m[n]"]);
    }

    #[test]
    fn a_text_and_an_array_of_one_name_replace_each_other_in_place() {
        assert_eq!(names(&["a", "b", "a[x]"]), ["a[x]", "b"]);
        assert_eq!(names(&["a[x]", "a[y]", "b", "a"]), ["a", "b"]);
    }

    #[test]
    fn only_a_thousand_are_read_and_none_too_deep() {
        let many: Vec<String> = (0..1100).map(|number| format!("n{number}")).collect();
        assert_eq!(names(&many.iter().map(String::as_str).collect::<Vec<_>>()).len(), 1000);
        let deep = |levels| names(&[&format!("a{}", "[x]".repeat(levels))]).len();
        assert_eq!((deep(64), deep(65)), (1, 0));
    }
}
