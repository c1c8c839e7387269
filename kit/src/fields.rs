//! Lists of fields that are put together when a plugin is compiled.

use crate::field::Field;

/// Lists of fields, one after the other: `N` in all. [`fields!`](crate::fields) counts them.
///
/// # Panics
/// When it is compiled, if they are not `N`, or none.
pub const fn joined<const N: usize>(lists: &[&[Field]]) -> [Field; N] {
    let mut list = 0;
    while lists[list].is_empty() {
        list += 1;
    }
    let mut all = [lists[list][0]; N];
    let mut place = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            all[place] = lists[list][at];
            (at, place) = (at + 1, place + 1);
        }
        list += 1;
    }
    assert!(place == N, "the fields are not so many");
    all
}

/// The fields of several lists, such as an action's own and those that it shares with others.
///
/// ```
/// use plugin_kit::types::Text;
/// use plugin_kit::{Field, fields};
///
/// const OWN: &[Field] = &[Field::required("title", &Text::new(80))];
/// const SHARED: &[Field] = &[Field::optional("tag", &Text::new(20)), Field::optional("note", &Text::new(200))];
/// const INPUT: &[Field] = fields![OWN, SHARED];
///
/// let names: Vec<_> = INPUT.iter().map(Field::name).collect();
/// assert_eq!(names, ["title", "tag", "note"]);
/// ```
#[macro_export]
macro_rules! fields {
    ($($list:expr),+ $(,)?) => {
        &$crate::joined::<{ 0 $(+ $list.len())+ }>(&[$($list),+])
    };
}
