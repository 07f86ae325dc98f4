//! Rules about the sources that no linter knows.

use std::fs;

use anyhow::{Result, bail};

use super::Outcome;
use crate::host::Host;
use crate::site;
use crate::tools::files_below;

/// Every crate that ends up in the product. (This one names what it looks for.)
const CRATES: [&str; 8] = ["app", "db", "domain", "frontend", "model", "oidc", "server", "ui"];

/// Texts that may stand only where a path begins with one of `allowed`.
struct Rule {
    texts: &'static [&'static str],
    allowed: &'static [&'static str],
    why: &'static str,
}

/// Where text is escaped by hand, because it becomes markup, or where markup is taken over from our own pages.
const ESCAPED_BY_HAND: &[&str] = &[
    "ui/src/chip.rs",
    "ui/src/code.rs",
    "ui/src/gate.rs",
    "ui/src/icon.rs",
    "ui/src/live.rs",
    "ui/src/textarea.rs",
    "ui/src/trace.rs",
];

const RULES: [Rule; 6] = [
    Rule { texts: &["<textarea"], allowed: &["ui/"], why: "its content is not escaped: use TextArea of ui" },
    Rule { texts: &["inner_html"], allowed: ESCAPED_BY_HAND, why: "it is not escaped" },
    Rule { texts: &["#[ignore"], allowed: &[], why: "a test runs or goes" },
    Rule {
        texts: &["#[tokio::test]"],
        allowed: &["db/", "domain/", "oidc/", "server/src/"],
        why: "PostgreSQL waits a minute to drop a database whose connection nobody goes on opening: say multi_thread",
    },
    Rule {
        texts: &[" style=\"", " style={", " style=move", " style:"],
        allowed: &["server/tests/"],
        why: "the content policy refuses inline styles: use classes",
    },
    Rule { texts: &["sql_query(", "sql::<"], allowed: &["db/"], why: "raw SQL has one place in db" },
];

pub fn check(host: &Host) -> Result<Outcome> {
    let mut broken = Vec::new();
    for folder in CRATES {
        for path in files_below(&host.path(folder), "rs")? {
            let name = path.strip_prefix(host.path("")).unwrap_or(&path).display().to_string();
            broken.extend(broken_rules(&name, &fs::read_to_string(&path)?));
        }
    }
    broken.extend(
        site::classes_without_rule(host)?.into_iter().map(|class| format!("class `{class}` has no rule")),
    );
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    Ok(Outcome::Passed(String::new()))
}

fn broken_rules(name: &str, source: &str) -> Vec<String> {
    let mut broken = by_line(name, source);
    broken.extend(rows_compiled_anew(name, source));
    broken
}

/// Rows that are inserted without saying all of their columns: Diesel compiles the statement for each of them.
fn rows_compiled_anew(name: &str, source: &str) -> Vec<String> {
    let lines: Vec<_> = source.lines().map(str::trim_start).collect();
    let derives = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("#[derive(") && line.contains("Insertable"));
    let anew = derives.filter(|(index, _)| {
        let mut attributes = lines.iter().skip(*index).take_while(|line| line.starts_with("#["));
        !attributes.any(|line| line.contains("treat_none_as_default_value = false"))
    });
    anew.map(|(index, _)| {
        format!(
            "{name}:{}: `Insertable`: say `treat_none_as_default_value = false`, or it is compiled anew",
            index + 1
        )
    })
    .collect()
}

fn by_line(name: &str, source: &str) -> Vec<String> {
    let code = source.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(index, line)| {
        let elsewhere = |rule: &&Rule| !rule.allowed.iter().any(|path| name.starts_with(path));
        RULES.iter().filter(elsewhere).flat_map(move |rule| {
            rule.texts
                .iter()
                .filter(|text| line.contains(**text))
                .map(move |text| format!("{name}:{}: `{}`: {}", index + 1, text.trim(), rule.why))
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_rule_is_reported_with_its_line() {
        let found =
            broken_rules("app/src/notes.rs", "fn view() {\n  view! { <textarea>{text}</textarea> }\n}");
        assert_eq!(
            found,
            ["app/src/notes.rs:2: `<textarea`: its content is not escaped: use TextArea of ui"]
        );
    }

    #[test]
    fn what_is_allowed_in_one_place_is_refused_in_others() {
        let query = "diesel::sql_query(\"VACUUM\")";
        assert!(broken_rules("db/src/backup.rs", query).is_empty());
        assert_eq!(broken_rules("domain/src/locks/queries.rs", query).len(), 1);
    }

    #[test]
    fn rows_say_all_their_columns() {
        let row = |more: &str| {
            let source =
                format!("#[derive(Insertable, Debug)]\n#[diesel(table_name = notes)]\n{more}struct Row {{}}");
            broken_rules("domain/src/notes/queries.rs", &source)
        };
        assert_eq!(row("").len(), 1);
        assert!(row("#[diesel(treat_none_as_default_value = false)]\n").is_empty());
    }

    #[test]
    fn comments_may_name_what_code_may_not_use() {
        assert!(broken_rules("app/src/notes.rs", "    /// Never `<textarea>` here.").is_empty());
    }
}
