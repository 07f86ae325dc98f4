//! A page that follows what changes: told that something happened, it loads itself again and takes over what became
//! different. Without a script the page is as it was when it was loaded.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::prelude::*;

/// How the page stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser has a stream"))]
enum Link {
    /// No script, or none yet.
    None,
    /// Changes are told.
    Open,
    /// They will be again.
    Broken,
}

/// Follows the stream at `url`. Told of a change, at most once a second, it takes over every element with `data-live`
/// from the page as it is now. What somebody is in with the keyboard, or has open without an id, stays for the time.
#[island]
pub fn Live(
    /// Where changes are told.
    url: String,
) -> impl IntoView {
    let (link, set_link) = signal(Link::None);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::follow(url.clone(), set_link));
    #[cfg(not(feature = "hydrate"))]
    let _ = (url, set_link);
    let class = move || match link.get() {
        Link::None => "hidden",
        _ => "flex items-center gap-1.5 text-[12px] text-ink-muted",
    };
    let dot = move || match link.get() {
        Link::Open => "fill-ok",
        _ => "fill-control",
    };
    let word = move || match link.get() {
        Link::None => "",
        Link::Open => "Live",
        Link::Broken => "Reconnecting",
    };
    view! {
        <span class=class title="What changes shows here without loading the page again">
            <svg class="w-2 h-2" viewBox="0 0 8 8" aria-hidden="true">
                <circle cx="4" cy="4" r="3" class=dot></circle>
            </svg>
            <span>{word}</span>
        </span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::{Cell, RefCell};
    use std::collections::HashMap;
    use std::rc::Rc;
    use std::time::Duration;

    use js_sys::{Date, Function, Reflect};
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Document, DomParser, Element, Event, EventSource, SupportedType};

    use super::Link;
    use crate::dom::{elements, listen};
    use crate::log_follow::GROWN;

    /// Shortest time between two looks, in milliseconds.
    const APART: f64 = 1_000.0;
    /// When it is tried again after the browser gave up.
    const AGAIN: Duration = Duration::from_secs(5);
    /// When it is looked again for what could not be taken over.
    const LATER: Duration = Duration::from_secs(5);

    struct Following {
        url: String,
        link: WriteSignal<Link>,
        source: RefCell<Option<EventSource>>,
        /// Whether it was open before, so that something may have been missed.
        before: Cell<bool>,
        /// What each region was last made of.
        taken: RefCell<HashMap<String, String>>,
        last: Cell<f64>,
        waiting: Cell<bool>,
    }

    pub(super) fn follow(url: String, link: WriteSignal<Link>) {
        let following = Rc::new(Following {
            url,
            link,
            source: RefCell::default(),
            before: Cell::new(false),
            taken: RefCell::default(),
            last: Cell::new(Date::now()),
            waiting: Cell::new(false),
        });
        following.open();
        let seen = following.clone();
        listen(
            &document(),
            "visibilitychange",
            move |_| {
                if document().hidden() { seen.close() } else { seen.open() }
            },
        );
        // A page that is kept for going back holds no stream.
        let left = following.clone();
        listen(&window(), "pagehide", move |_| left.close());
        listen(&window(), "pageshow", move |_| following.open());
    }

    impl Following {
        fn open(self: &Rc<Self>) {
            if document().hidden() || self.source.borrow().is_some() {
                return;
            }
            let Ok(source) = EventSource::new(&self.url) else { return };
            let opened = self.clone();
            listen(&source, "open", move |_| {
                opened.link.set(Link::Open);
                log_grew();
                if opened.before.replace(true) {
                    opened.look_soon();
                }
            });
            let told = self.clone();
            listen(&source, "changed", move |_| told.look_soon());
            listen(&source, "grown", |_| log_grew());
            let (broken, of) = (self.clone(), source.clone());
            listen(&source, "error", move |_| broken.broken(&of));
            *self.source.borrow_mut() = Some(source);
        }

        fn close(&self) {
            if let Some(source) = self.source.borrow_mut().take() {
                source.close();
            }
        }

        /// Browsers come back by themselves, unless they were refused.
        fn broken(self: &Rc<Self>, source: &EventSource) {
            self.link.set(Link::Broken);
            let given_up = source.ready_state() == EventSource::CLOSED;
            if given_up && self.source.borrow().as_ref() == Some(source) {
                self.close();
                let again = self.clone();
                set_timeout(move || again.open(), AGAIN);
            }
        }

        fn look_soon(self: &Rc<Self>) {
            let wait = (self.last.get() + APART - Date::now()).clamp(0.0, APART);
            self.look_in(Duration::from_millis(wait as u64));
        }

        fn look_in(self: &Rc<Self>, wait: Duration) {
            if self.waiting.replace(true) {
                return;
            }
            let looking = self.clone();
            set_timeout(
                move || {
                    leptos::task::spawn_local(async move {
                        looking.last.set(Date::now());
                        looking.waiting.set(false);
                        // What could not be loaded is loaded after the next change.
                        if let Ok(true) = looking.look().await {
                            looking.look_in(LATER);
                        }
                    });
                },
                wait,
            );
        }

        /// Loads the page and takes over what is different; says whether something had to stay for the time.
        async fn look(&self) -> Result<bool, JsValue> {
            let headers = web_sys::Headers::new()?;
            headers.set("accept", "text/html")?;
            let request = web_sys::RequestInit::new();
            request.set_headers(&headers);
            let href = window().location().href()?;
            let response = JsFuture::from(window().fetch_with_str_and_init(&href, &request)).await?;
            let response: web_sys::Response = response.dyn_into()?;
            // Who is signed out is led elsewhere.
            if !response.ok() || response.redirected() {
                return Ok(false);
            }
            let html = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
            let fresh = DomParser::new()?.parse_from_string(&html, SupportedType::TextHtml)?;
            let (left, top) = (window().scroll_x()?, window().scroll_y()?);
            take_symbols(&fresh)?;
            let mut stayed = false;
            for region in elements(&fresh.query_selector_all("[data-live]")?) {
                stayed |= !self.take(&region)?;
            }
            window().scroll_to_with_x_and_y(left, top);
            Ok(stayed)
        }

        /// Takes over one region; says whether nothing of it is missing now.
        fn take(&self, fresh: &Element) -> Result<bool, JsValue> {
            let name = fresh.get_attribute("data-live").unwrap_or_default();
            let Some(region) = document().query_selector(&format!("[data-live='{name}']"))? else {
                return Ok(true);
            };
            let html = fresh.inner_html();
            let same = match self.taken.borrow().get(&name) {
                Some(taken) => *taken == html,
                None => region.inner_html() == html,
            };
            if same {
                return Ok(true);
            }
            let within = document().active_element().is_some_and(|active| region.contains(Some(&active)));
            if within || region.query_selector("details[open]:not([id])")?.is_some() {
                return Ok(false);
            }
            let open = elements(&region.query_selector_all("details[open]")?);
            let open: Vec<String> = open.iter().map(Element::id).collect();
            region.set_inner_html(&html);
            self.taken.borrow_mut().insert(name, html);
            for id in open {
                if let Some(details) = document().get_element_by_id(&id) {
                    details.set_attribute("open", "")?;
                }
            }
            wake(&region)
        }
    }

    /// Tells the log of this page that it has more.
    fn log_grew() {
        if let Ok(event) = Event::new(GROWN) {
            // Fails for an event that is on its way already.
            let _ = window().dispatch_event(&event);
        }
    }

    /// Makes the islands of a region live, as the page does with all when it is loaded.
    fn wake(region: &Element) -> Result<bool, JsValue> {
        let wake = Reflect::get(&window(), &"__hydrateIsland".into())?;
        let Some(wake) = wake.dyn_ref::<Function>() else { return Ok(true) };
        for island in elements(&region.query_selector_all("leptos-island")?) {
            let name = island.get_attribute("data-component").unwrap_or_default();
            wake.call2(&JsValue::UNDEFINED, &island, &name.into())?;
        }
        Ok(true)
    }

    /// The symbols that the fresh page draws and this one did not.
    fn take_symbols(fresh: &Document) -> Result<(), JsValue> {
        let Some(sprite) = document().get_element_by_id("symbols") else { return Ok(()) };
        for symbol in elements(&fresh.query_selector_all("#symbols > symbol")?) {
            if document().get_element_by_id(&symbol.id()).is_none() {
                sprite.append_child(&symbol)?;
            }
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn without_a_script_nothing_is_said() {
        let html = render(|| view! { <Live url="/dashboard/workspaces/acme/live".to_owned() /> });
        assert!(html.contains("class=\"hidden\"") && !html.contains(">Live<"), "{html}");
    }
}
