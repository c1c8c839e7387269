//! Whatever a service adds.

use super::must_be;
use crate::field::Type;
use crate::given::Given;
use crate::json::Object;
use crate::values::Value;

/// A member of an output of which nothing is known but its name. No input has such a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Any;

impl Type for Any {
    fn read(&self, given: Given) -> Result<Value, String> {
        Err(must_be("nothing", &given))
    }

    fn schema(&self, schema: Object, _optional: bool) -> Object {
        schema
    }

    fn plain_output(&self) -> Option<&'static str> {
        None
    }
}
