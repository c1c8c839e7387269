//! The shop, the clock, the shapes of answers, refusals, and failures of single functions.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State as Shared;
use axum::http::Response;
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::given::{self, error};
use crate::answer::Answer;
use crate::functions::Function;
use crate::state::State;
use crate::world::{Planned, World};

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/control/shop", setting(|world| &mut world.shop))
        .route("/control/clock", setting(|world| &mut world.clock))
        .route("/control/shapes", setting(|world| &mut world.shapes))
        .route("/control/refuse", get(refuse).put(put_refuse).post(put_refuse))
        .route("/control/misbehaviour", get(planned).put(put_planned).post(put_planned))
}

/// A thing to look at, and to set: the members that are given replace its own, the others stay.
fn setting<T>(of: fn(&mut World) -> &mut T) -> MethodRouter<Arc<State>>
where
    T: Serialize + DeserializeOwned + 'static,
{
    let shown = move |Shared(state): Shared<Arc<State>>| async move {
        state.world(|world| Answer::own_json(200, of(world))).into_response()
    };
    let set = move |Shared(state): Shared<Arc<State>>, body: Bytes| async move {
        let altered = state.world(|world| {
            let thing = of(world);
            *thing = given::merged(thing, given::members(&body)?)?;
            Ok(Answer::own_json(200, thing))
        });
        // A clock that is set may be the end of somebody's time to pay.
        state.work(|_| ());
        altered.unwrap_or_else(|reason: String| error(400, reason)).into_response()
    };
    get(shown).put(set).post(set)
}

async fn refuse(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    Answer::own_json(200, &json!({ "refuse": state.world(|world| world.refuse) })).into_response()
}

/// `{"refuse": 7}`: every signed call is refused with this code; `null` ends it.
async fn put_refuse(Shared(state): Shared<Arc<State>>, body: Bytes) -> Response<Body> {
    let given = given::members(&body).and_then(|given| {
        let code = given.get("refuse").ok_or("give {\"refuse\": CODE}, or null")?;
        serde_json::from_value(code.clone()).map_err(|error| error.to_string())
    });
    match given {
        Ok(code) => {
            state.world(|world| world.refuse = code);
            refuse(Shared(state)).await
        }
        Err(reason) => error(400, reason).into_response(),
    }
}

async fn planned(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    state.world(|world| Answer::own_json(200, &world.planned)).into_response()
}

/// `{"CreateOrder": {"misbehaviour": "drop-after", "times": 1}}`: how the next calls of functions are
/// answered; `null` ends it.
async fn put_planned(Shared(state): Shared<Arc<State>>, body: Bytes) -> Response<Body> {
    let given = serde_json::from_slice::<BTreeMap<String, Option<Planned>>>(&body).map_err(|error| error.to_string());
    let known = given.and_then(|given| match given.keys().find(|name| Function::of(name).is_none()) {
        Some(unknown) => Err(format!("there is no function {unknown:?}; their case counts")),
        None => Ok(given),
    });
    match known {
        Ok(given) => {
            state.world(|world| {
                for (name, plan) in given {
                    match plan {
                        Some(plan) => drop(world.planned.insert(name, plan)),
                        None => drop(world.planned.remove(&name)),
                    }
                }
            });
            planned(Shared(state)).await
        }
        Err(reason) => error(400, reason).into_response(),
    }
}
