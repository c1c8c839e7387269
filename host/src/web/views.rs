//! What callers are told of what is served: all of it, or the part that a token is for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::caller::Caller;
use super::scope::Scope;

/// The whole, and its parts, each of which is made when it is asked for the first time. There are as many
/// as the operator has named tokens.
pub struct Views<T> {
    whole: Arc<T>,
    parts: Mutex<BTreeMap<Arc<str>, Part<T>>>,
}

/// What a scope leaves of it.
type Part<T> = (Arc<Scope>, Arc<T>);

impl<T> Views<T> {
    /// Of this whole.
    pub fn new(whole: T) -> Self {
        Self { whole: Arc::new(whole), parts: Mutex::default() }
    }

    /// All of it.
    pub fn whole(&self) -> &Arc<T> {
        &self.whole
    }

    /// What this caller is told, of which `part` makes what its scope leaves.
    pub fn of(&self, caller: &Caller, part: impl FnOnce(&Scope) -> T) -> Arc<T> {
        let scope = caller.scope();
        match caller.name() {
            Some(name) if !scope.is_all() => {
                let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
                match parts.get(name) {
                    Some((of, made)) if of == scope => made.clone(),
                    // A token may have been for something else until a moment ago.
                    _ => {
                        let made = Arc::new(part(scope));
                        parts.insert(name.clone(), (scope.clone(), made.clone()));
                        made
                    }
                }
            }
            _ => self.whole.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_made_once_for_each_token_and_anew_when_the_token_is_for_something_else() {
        let views = Views::new(0);
        let scope = |name: &str| Scope { connections: Some(vec![name.to_owned()]), ..<_>::default() };
        let caller = |connection: &str| Caller::named("n8n", Some(Arc::new(scope(connection))));
        let of = |caller: &Caller, made| *views.of(caller, |_| made);
        assert_eq!([of(&caller("berlin"), 1), of(&caller("berlin"), 2), of(&caller("rome"), 3)], [1, 1, 3]);
        assert_eq!([of(&Caller::anybody(), 4), of(&Caller::named("all", None), 5)], [0, 0]);
    }
}
