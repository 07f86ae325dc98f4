//! Asking the server about what is being typed. Happens in the browser alone; what is said is checked again when the
//! form is sent.

use std::time::Duration;

use js_sys::JSON;
use leptos::ev::Event;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

/// Typing rests for this long before the server is asked.
pub(crate) const REST: Duration = Duration::from_millis(300);

/// What an input needs whose text is asked about while it is typed.
pub struct AskedInput<H> {
    /// The element.
    pub node: NodeRef<Input>,
    /// Its text.
    pub text: ReadSignal<String>,
    /// What handles its `input` event.
    pub typed: H,
}

impl AskedInput<()> {
    /// An input that holds `value`. Its text is sent, as `name`, to the server function at `url` once typing rests; the
    /// answer, read as JSON, is given to `answered` with the text that was asked about. A question that could not be
    /// asked is dropped, and so is an answer about a text that was changed meanwhile.
    #[allow(clippy::new_ret_no_self, reason = "what handles the event has a type without a name")]
    pub fn new(
        value: String,
        url: String,
        name: &'static str,
        answered: impl Fn(JsValue, String) + Clone + Send + 'static,
    ) -> AskedInput<impl FnMut(Event) + Clone + Send + 'static> {
        let node = NodeRef::new();
        let (text, set_text) = signal(value);
        let hold = move |typed: String| {
            set_text.set(typed);
            ask_when_rested(url.clone(), name, text, answered.clone());
        };
        // What was typed before the script came, or brought back by the browser, is asked about too.
        let wake = hold.clone();
        Effect::new(move |_| {
            let here = node.get().map(|input: HtmlInputElement| input.value());
            if let Some(typed) = here.filter(|typed| *typed != text.get_untracked()) {
                wake(typed);
            }
        });
        AskedInput { node, text, typed: move |event| hold(event_target_value(&event)) }
    }
}

fn ask_when_rested(
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
                if let Ok(answer) = ask(&url, [(name, asked.as_str())]).await
                    && unchanged(&asked)
                {
                    answered(answer, asked);
                }
            });
        },
        REST,
    );
}

/// Sends a form to a server function and reads its answer as JSON.
pub(crate) async fn ask<'a>(
    url: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<JsValue, JsValue> {
    let form = web_sys::UrlSearchParams::new()?;
    for (name, value) in pairs {
        form.append(name, value);
    }
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
