//! The style sheet: preflight, then `style/tokens.css`, then one rule for each utility class that the sources use.

use std::collections::BTreeSet;

use anyhow::Result;
use encre_css::{Config, Preflight};

use super::{read, sources};
use crate::host::Host;

const TOKENS: &str = "style/tokens.css";

/// The whole sheet. Its order decides who wins, since nothing is in a cascade layer.
pub fn sheet(host: &Host, sources: &str) -> Result<String> {
    let tokens = read(host.path(TOKENS))?;
    Ok(assemble(&tokens, sources))
}

/// Classes that stand in views and have no rule, neither in `style/tokens.css` nor as a utility: a misspelling, or
/// one that the generator does not know.
pub fn classes_without_rule(host: &Host) -> Result<BTreeSet<String>> {
    let tokens = read(host.path(TOKENS))?;
    Ok(unknown(&tokens, &sources(host)?))
}

fn assemble(tokens: &str, sources: &str) -> String {
    let preflight = encre_css::generate([], &Config::default());
    let utilities = encre_css::generate([sources], &utilities_only(tokens));
    format!("{preflight}\n\n{tokens}\n{utilities}\n")
}

fn utilities_only(tokens: &str) -> Config {
    let mut config = Config::default();
    config.preflight = Preflight::None;
    for name in colours(tokens) {
        config.theme.colors.add(name.to_owned(), format!("var(--{name})"));
    }
    config
}

/// The custom properties that hold a colour for each theme.
fn colours(tokens: &str) -> impl Iterator<Item = &str> {
    tokens.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
        value.trim_start().starts_with("light-dark(").then_some(name)
    })
}

fn unknown(tokens: &str, sources: &str) -> BTreeSet<String> {
    let config = utilities_only(tokens);
    let written = |class: &str| {
        tokens.match_indices(&format!(".{class}")).any(|(at, found)| {
            !tokens[at + found.len()..]
                .starts_with(|next: char| next.is_alphanumeric() || "-_".contains(next))
        })
    };
    sources
        .split("class=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .flat_map(str::split_whitespace)
        // `group` and `peer` mark an element for the variants of others.
        .filter(|class| !["group", "peer"].contains(class) && !class.starts_with(['{', '\\']))
        .filter(|class| !written(class) && encre_css::generate([*class], &config).is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = ":root {\n  --ink: light-dark(#111, #eee);\n  --font-mono: monospace;\n}\n.covered { position: relative; }\n";

    #[test]
    fn every_theme_colour_is_a_utility() {
        let css = assemble(TOKENS, r#"view! { <p class="text-ink hover:bg-ink">"x"</p> }"#);
        assert!(css.contains(".text-ink {\n  color: var(--ink);\n}"), "{css}");
        assert!(css.contains("background-color: var(--ink)"));
    }

    #[test]
    fn only_colours_become_theme_colours() {
        assert_eq!(colours(TOKENS).collect::<Vec<_>>(), ["ink"]);
    }

    #[test]
    fn utilities_come_after_the_tokens_and_both_after_the_preflight() {
        let css = assemble(TOKENS, r#"class="flex""#);
        let place = |what: &str| css.find(what).unwrap();
        assert!(place("box-sizing: border-box") < place("--ink: light-dark"));
        assert!(place(".covered") < place(".flex {"));
    }

    #[test]
    fn a_class_without_a_rule_is_found() {
        let found = unknown(TOKENS, r#"<p class="covered group flex size-4 cover hover:text-ink">"#);
        assert_eq!(found, BTreeSet::from(["cover".to_owned(), "size-4".to_owned()]));
    }
}
