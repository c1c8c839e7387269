//! What takes calls on.

#[path = "../../../host/src/web/admission.rs"]
pub mod admission;
