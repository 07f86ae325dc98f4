//! Where somebody can go: pages, repositories, instances and actions of the workspace they are in, and their other
//! workspaces. Only what their role may open is named.

use stackyard_domain::instances::{self, InstanceFilter};
use stackyard_domain::access::{self, Entered, Standings};
use stackyard_domain::{Ctx, Error, Here, repositories, workspaces};
use stackyard_model::Action;
use stackyard_model::palette::{Group, Palette, Place};
use stackyard_model::repository::RepositoryName;
use stackyard_model::text::fold;
use stackyard_model::workspace::{Membership, Workspace};

use crate::page::{Nav, NavPage};
use crate::paths;

/// Places of a group; who looks for others types more.
const EACH: usize = 8;
/// Longest text that is looked for, in characters.
const TEXT_MAX: usize = 200;

/// The places whose names have every word of `q`; without one, the pages and what one does most.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in, [`Error::NotFound`] when `slug` is no workspace of theirs.
pub(super) async fn find(ctx: &Ctx, slug: &str, q: &str) -> Result<Palette, Error> {
    let typed: String = q.chars().filter(|c| *c != '\0').take(TEXT_MAX).collect();
    let words = Words(fold(&typed).split_whitespace().map(str::to_owned).collect());
    let (here, memberships) = come_in(ctx, slug).await?;
    let mut groups = Vec::new();
    let mut todo = Vec::new();
    if let Some(here) = &here {
        groups.push(group("Go to", words.best(pages(here))));
        if here.may(Action::SeeResources) {
            let repositories = repositories::names(ctx, here).await?;
            if !words.0.is_empty() {
                groups.push(group("Repositories", words.best(of_repositories(here.workspace(), &repositories))));
                groups.push(group("Stacks", of_instances(ctx, here, &typed).await?));
            }
            todo = actions(here, &repositories, &access::standings(ctx, here).await?);
        }
    }
    let current = here.as_ref().map(|here| &here.workspace().id);
    let others = memberships.iter().filter(|membership| Some(&membership.workspace.id) != current);
    groups.push(group("Workspaces", words.best(others.map(workspace))));
    todo.extend(everywhere(ctx));
    groups.push(group("Do", words.best(todo)));
    groups.retain(|group| !group.items.is_empty());
    Ok(Palette { groups })
}

/// The workspace of that slug, if one is named, and all of the person's.
async fn come_in(ctx: &Ctx, slug: &str) -> Result<(Option<Here>, Vec<Membership>), Error> {
    if slug.is_empty() {
        return Ok((None, workspaces::list(ctx, "").await?));
    }
    let (entered, mine) = access::enter_among_mine(ctx, slug).await?;
    let here = match entered {
        Entered::Here(here) => here,
        Entered::Moved { slug } => access::enter_anyhow(ctx, &slug).await?,
    };
    Ok((Some(here), mine))
}

/// The words that a place has to have, folded.
struct Words(Vec<String>);

impl Words {
    /// Those of the places that have every word, first those whose name begins with the first.
    fn best(&self, places: impl IntoIterator<Item = Place>) -> Vec<Place> {
        let mut found: Vec<(bool, Place)> = places
            .into_iter()
            .filter_map(|place| {
                let label = fold(&place.label);
                let whole = format!("{label} {}", fold(&place.hint));
                let begins = self.0.first().is_some_and(|first| label.starts_with(first.as_str()));
                self.0.iter().all(|word| whole.contains(word.as_str())).then_some((!begins, place))
            })
            .collect();
        found.sort_by_key(|(later, _)| *later);
        found.into_iter().map(|(_, place)| place).take(EACH).collect()
    }
}

fn group(label: &str, items: Vec<Place>) -> Group {
    Group { label: label.to_owned(), items }
}

fn place(label: impl Into<String>, hint: &str, href: impl Into<String>) -> Place {
    Place { label: label.into(), hint: hint.to_owned(), href: href.into() }
}

/// The pages of a workspace, in the order of the sidebar.
fn pages(here: &Here) -> Vec<Place> {
    let workspace = here.workspace();
    let page = |label: &str, href: String| place(label, &workspace.name, href);
    let mut pages = Vec::new();
    for nav in Nav::SIDEBAR.into_iter().chain([Nav::Settings]) {
        let NavPage { label, path, needs, .. } = nav.page();
        if !here.may(needs) {
            continue;
        }
        pages.push(page(label, path(workspace)));
        if nav == Nav::Team {
            pages.push(page("Groups", paths::groups(workspace)));
        }
        if nav == Nav::Team && here.may(Action::RequestAccess) {
            pages.push(page("Access requests", paths::access_requests(workspace)));
        }
        if nav == Nav::Stacks {
            pages.push(page("Affected stacks", paths::affected(workspace)));
        }
    }
    pages
}

fn of_repositories(workspace: &Workspace, repositories: &[RepositoryName]) -> Vec<Place> {
    let with = |label: &str, name: &str, href: String| place(format!("{label} {name}"), "Configured Repositories", href);
    repositories
        .iter()
        .flat_map(|RepositoryName { id, name }| {
            [
                with("Permissions of", name, paths::permissions(workspace, id)),
                with("Setup of", name, paths::repository_setup(workspace, id)),
                with("Events of", name, paths::events_of(workspace, id)),
            ]
        })
        .collect()
}

async fn of_instances(ctx: &Ctx, here: &Here, q: &str) -> Result<Vec<Place>, Error> {
    let filter = InstanceFilter { q: q.to_owned(), ..InstanceFilter::default() };
    let limit = u32::try_from(EACH).unwrap_or(1);
    let found = instances::page(ctx, here, &filter, "", limit).await?;
    let named = found.items.into_iter().map(|instance| {
        let name = format!("{} in {}", instance.component, instance.stack);
        place(name, instance.status.label(), paths::instance(here.workspace(), &instance.id))
    });
    Ok(named.collect())
}

/// What the role may do here, each where it is done.
fn actions(here: &Here, repositories: &[RepositoryName], standings: &Standings) -> Vec<Place> {
    let workspace = here.workspace();
    let hint = workspace.name.as_str();
    let mut actions = Vec::new();
    let may = |repository: &RepositoryName, action| standings.on(&repository.id).may(action);
    if repositories.iter().any(|repository| may(repository, Action::UseLocks)) {
        actions.push(place("Take a lock", hint, paths::take_lock(workspace)));
    }
    if here.may(Action::ManageRepositories) {
        actions.push(place("Add Repository", hint, paths::add_repository(workspace)));
    }
    if here.may(Action::ManageMembers) {
        actions.push(place("Invite people", hint, paths::invite_people(workspace)));
    }
    if here.may(Action::ManageTokens) {
        actions.push(place("Create a repository token", hint, format!("{}#tokens", paths::settings(workspace))));
    }
    if here.may(Action::RequestAccess) && !here.may(Action::ManageAccess) {
        actions.push(place("Request access", hint, paths::ask_for_access(workspace)));
    }
    let managed = repositories.iter().filter(|repository| may(repository, Action::ManagePermissions));
    actions.extend(managed.map(|repository| {
        let label = format!("Add Permissions to {}", repository.name);
        place(label, hint, paths::new_permission(workspace, &repository.id))
    }));
    actions
}

fn workspace(membership: &Membership) -> Place {
    let workspace = &membership.workspace;
    place(workspace.name.as_str(), membership.role.label(), paths::overview(workspace))
}

/// What does not belong to a workspace.
fn everywhere(ctx: &Ctx) -> Vec<Place> {
    let mut places = vec![
        place("All workspaces", "", paths::WORKSPACES),
        place("My account", "", paths::ACCOUNT),
        place("Help", "", "/help"),
    ];
    if ctx.deps().site.anyone_may_create_workspaces {
        places.insert(0, place("Create Workspace", "", paths::START));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(q: &str) -> Vec<String> {
        let words = Words(fold(q).split_whitespace().map(str::to_owned).collect());
        let places = ["Setup of acme/infra", "Permissions of acme/infra", "Permissions of acme/ünit"]
            .map(|label| place(label, "Configured Repositories", "/x"));
        words.best(places).into_iter().map(|place| place.label).collect()
    }

    #[test]
    fn every_word_is_found_in_any_order_and_case() {
        assert_eq!(labels("INFRA per"), ["Permissions of acme/infra"]);
        assert_eq!(labels("configured setup"), ["Setup of acme/infra"]);
        assert_eq!(labels("Ünit"), ["Permissions of acme/ünit"]);
        assert!(labels("nothing").is_empty());
    }

    #[test]
    fn what_begins_with_it_comes_first() {
        assert_eq!(labels("per").first().map(String::as_str), Some("Permissions of acme/infra"));
        assert_eq!(labels("s").first().map(String::as_str), Some("Setup of acme/infra"));
    }

    #[test]
    fn a_group_has_few_places() {
        let many = (0..50).map(|number| place(format!("Stack {number}"), "", "/x"));
        assert_eq!(Words(vec!["stack".to_owned()]).best(many).len(), EACH);
    }
}
