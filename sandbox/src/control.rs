//! The face for whoever runs the sandbox: look at orders and requests, alter what happens. The
//! service has none of this.

mod given;
mod orders;
mod webhooks;
mod world;

use std::sync::Arc;

use axum::Router;

use crate::state::State;

pub(crate) fn routes() -> Router<Arc<State>> {
    orders::routes().merge(world::routes()).merge(webhooks::routes())
}
