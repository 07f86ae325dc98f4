//! Forms: ordinary posts that come back with their errors.

use std::sync::Arc;

use leptos::context::Provider;
use leptos::prelude::*;
use stackyard_model::{FieldError, FieldErrors};

/// What is wrong with the form around; fields find their own errors in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wrong(Arc<FieldErrors>);

impl Wrong {
    /// What is wrong with `field` of the form around.
    pub(crate) fn at(field: &str) -> Vec<FieldError> {
        let all = use_context::<Self>();
        all.iter().flat_map(|wrong| &wrong.0.0).filter(|error| error.field == field).cloned().collect()
    }

    /// Whether anything is wrong with the form around: then the first wrong field takes the focus.
    pub(crate) fn anywhere() -> bool {
        use_context::<Self>().is_some_and(|wrong| !wrong.0.0.is_empty())
    }
}

/// A form that posts to a server function. Fields inside find their errors by name; `back` is the path that the
/// person returns to.
#[component]
pub fn Form(
    /// The server function's path.
    #[prop(into)]
    action: String,
    /// Where to come back to, as a path of this site.
    #[prop(optional, into)]
    back: Option<String>,
    /// What was wrong when it was last sent.
    #[prop(optional)]
    errors: FieldErrors,
    /// Sends files.
    #[prop(optional)]
    files: bool,
    /// Its id, for buttons that stand outside it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let enctype = files.then_some("multipart/form-data");
    view! {
        <Provider value=Wrong(Arc::new(errors))>
            <form method="post" action=action enctype=enctype id=id class=class>
                {back.map(|back| view! { <Hidden name="back" value=back /> })}
                {children()}
            </form>
        </Provider>
    }
}

/// A form that only asks: filters and searches. Its fields become the address.
#[component]
pub fn SearchForm(
    /// The page that answers.
    #[prop(into)]
    action: String,
    /// Classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="get" action=action role="search" class=class>
            {children()}
        </form>
    }
}

/// A value that travels with the form and is not shown.
#[component]
pub fn Hidden(
    /// Its name.
    #[prop(into)]
    name: String,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// What is wrong with the form as a whole, else how many fields need a change. Nothing when nothing is wrong.
/// Errors of no field are those whose field is empty.
#[component]
pub fn FormErrors(
    /// Further classes.
    #[prop(optional, default = "text-[12px] text-danger")]
    class: &'static str,
) -> impl IntoView {
    let wrong = use_context::<Wrong>().unwrap_or_default();
    let whole = wrong.0.at("").map(|error| error.message.clone());
    let text = whole.or_else(|| {
        let mut fields: Vec<&str> = wrong.0.0.iter().map(|error| error.field.as_str()).collect();
        fields.sort_unstable();
        fields.dedup();
        match fields.len() {
            0 => None,
            1 => Some("1 field needs a change".to_owned()),
            count => Some(format!("{count} fields need a change")),
        }
    });
    text.map(|text| {
        view! {
            <p class=class role="alert">
                {text}
            </p>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    fn summary(errors: FieldErrors) -> String {
        render(|| view! {
            <Form action="/api/x" back="/back?a=1&b=2" errors>
                <FormErrors />
            </Form>
        })
    }

    #[test]
    fn a_form_posts_and_knows_its_way_back() {
        let html = summary(FieldErrors::default());
        assert!(html.contains("method=\"post\"") && html.contains("action=\"/api/x\""), "{html}");
        assert!(html.contains("name=\"back\"") && html.contains("/back?a=1&amp;b=2"), "{html}");
        assert!(!html.contains("role=\"alert\""), "{html}");
    }

    #[test]
    fn fields_are_counted_once() {
        let mut errors = FieldErrors::one("name", "Too short.");
        assert!(summary(errors.clone()).contains("1 field needs a change"));
        errors.push("name", "Also bad.");
        errors.push("slug", "Taken.");
        assert!(summary(errors.clone()).contains("2 fields need a change"));
        errors.push("", "Somebody else changed it meanwhile.");
        assert!(summary(errors).contains("Somebody else changed it meanwhile."));
    }
}
