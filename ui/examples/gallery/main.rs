//! Draws the kit with made-up data into HTML files, to look at: `cargo run -p stackyard-ui --features ssr --example
//! gallery -- <style sheet> <folder>`.
#![recursion_limit = "256"]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use stackyard_model::account::Theme;
use stackyard_model::{FieldError, FieldErrors};
use stackyard_ui::{Dialog, Document, FirstRunShell, Now, PlainShell, Shell, Zone};

mod counts;
mod data;
mod islands;
mod order;
mod pages;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let css = arguments.next().ok_or("the path of a style sheet is missing")?;
    let folder = arguments.next().ok_or("the path of a folder is missing")?;
    let now = Now { at: data::now()?, zone: Zone::named("Europe/Berlin").ok_or("no such zone")? };
    let write = |name: &str, html: String| fs::write(Path::new(&folder).join(name), html);
    for theme in [Theme::Light, Theme::Dark] {
        let page = |view: fn() -> AnyView| document(&css, theme, now.clone(), view);
        let name = |page: &str| format!("{page}-{theme}.html");
        write(&name("kit"), page(|| view! { <PlainShell wide=true><pages::Kit /></PlainShell> }.into_any()))?;
        write(&name("overview"), page(|| shell(false)))?;
        write(&name("dialog"), page(|| shell(true)))?;
        write(
            &name("counts"),
            page(|| view! { <PlainShell wide=true><counts::Counts /></PlainShell> }.into_any()),
        )?;
        write(&name("orders"), page(orders))?;
        write(
            &name("islands"),
            page(|| view! { <PlainShell wide=true><islands::Islands /></PlainShell> }.into_any()),
        )?;
        write(&name("first-run"), page(first_run))?;
    }
    Ok(())
}

fn document(css: &str, theme: Theme, now: Now, view: fn() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let css = css.to_owned();
    owner.with(|| {
        provide_context(now);
        let page = view! {
            <Document css title="Gallery" theme>
                {view()}
            </Document>
        };
        page.to_html()
    })
}

fn shell(with_dialog: bool) -> AnyView {
    let dialog = with_dialog.then(|| {
        ViewFnOnce::from(|| {
            let errors = FieldErrors(vec![FieldError {
                field: "branch".into(),
                message: "This ( is never closed. Close it with ), or write \\( to mean the character."
                    .into(),
                column: Some(7),
            }]);
            view! {
                <Dialog title="Add Permissions" close="/" about=|| view! { <pages::About /> }>
                    <pages::PermissionForm errors />
                </Dialog>
            }
        })
    });
    view! {
        <Shell frame=data::frame() dialog>
            <pages::Overview />
        </Shell>
    }
    .into_any()
}

fn orders() -> AnyView {
    view! {
        <Shell frame=data::frame() dialog=None>
            <order::Orders />
        </Shell>
    }
    .into_any()
}

fn first_run() -> AnyView {
    view! {
        <FirstRunShell
            person=Some(data::person())
            aside=|| view! { <pages::Way /> }
            foot=|| "Invited instead? The invitation is waiting under Workspaces."
        >
            <pages::Start />
        </FirstRunShell>
    }
    .into_any()
}
