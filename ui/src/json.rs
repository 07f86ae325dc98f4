//! Reading what the server answered, without the machinery that would check it all: what is not there is nothing.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The value of that name.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The text of that name.
pub(crate) fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

/// The list of that name.
pub(crate) fn list(object: &JsValue, name: &str) -> Array {
    get(object, name).dyn_into().unwrap_or_default()
}
