//! Asking the server about what is being typed. Only in the browser; what it says is checked again when the form is
//! sent.

use std::time::Duration;

use js_sys::JSON;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Typing rests for this long before the server is asked.
const REST: Duration = Duration::from_millis(300);

/// Asks the server function at `url`, which takes the text as `name`, once typing rests, and gives its answer, read as
/// JSON, with the text that was asked about. A question that could not be asked is dropped, and so is an answer about a text that was changed
/// meanwhile.
pub fn ask_when_rested(
    url: String,
    name: &'static str,
    text: ReadSignal<String>,
    answered: impl FnOnce(JsValue, String) + 'static,
) {
    let asked = text.get_untracked();
    let unchanged = move |asked: &str| text.with_untracked(|text| text == asked);
    set_timeout(
        move || {
            if !unchanged(&asked) {
                return;
            }
            leptos::task::spawn_local(async move {
                if let Ok(answer) = ask(&url, name, &asked).await
                    && unchanged(&asked)
                {
                    answered(answer, asked);
                }
            });
        },
        REST,
    );
}

async fn ask(url: &str, name: &str, text: &str) -> Result<JsValue, JsValue> {
    let form = web_sys::UrlSearchParams::new()?;
    form.append(name, text);
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_body(&form);
    let response = JsFuture::from(window().fetch_with_str_and_init(url, &request)).await?;
    let response: web_sys::Response = response.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    JSON::parse(&JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}
