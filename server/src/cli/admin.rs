//! `stackyard admin`: what an operator does without the pages. Each command prints what it made, alone on a line.

use std::io::Read as _;

use clap::builder::PossibleValuesParser;
use clap::{Args as ClapArgs, Subcommand};
use stackyard_domain::accounts::{self, NewAccount};
use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::workspaces::{self, NewWorkspace};
use stackyard_domain::{Ctx, Error, Here, access, ci, permissions, repositories, setup, tokens};
use stackyard_model::account::Account;
use stackyard_model::credential::{CredentialKind, DAYS_DEFAULT, Scope};
use stackyard_model::id::base62;
use stackyard_model::permission::{Events, PermissionInput, SpecialEvent};
use stackyard_model::repository::Repository;
use stackyard_model::role::Role;
use stackyard_model::text::fold;

use super::serve::{link, operator};
use super::{Stop, open, say};
use crate::config::{StoreConfig, StoreFlags};

/// The arguments of `admin`.
#[derive(ClapArgs)]
pub struct Args {
    #[command(flatten)]
    store: StoreFlags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints a new one-time link for the first account
    SetupLink,
    /// Makes an account and prints its id, and its password unless you give it one
    CreateUser {
        /// The address they sign in with
        #[arg(long)]
        email: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// Reads the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Sets an account's password, ends its sessions, and prints the password unless you give it one
    SetPassword {
        /// The address they sign in with, or the account's id
        #[arg(long)]
        email: String,
        /// Reads the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Disables an account: its sessions end at once, and nobody can sign in with it
    DisableUser {
        /// The address they sign in with, or the account's id
        #[arg(long)]
        email: String,
    },
    /// Enables an account again
    EnableUser {
        /// The address they sign in with, or the account's id
        #[arg(long)]
        email: String,
    },
    /// Erases a person for good: out of every workspace, without name, address, password and picture; prints the id that
    /// stays. The log keeps what it has written
    EraseUser {
        /// The address they sign in with, or the account's id
        #[arg(long)]
        email: String,
    },
    /// Revokes the sessions of workflows and prints how many there were
    RevokeSessions {
        /// The workspace's slug or id
        #[arg(long)]
        workspace: String,
        /// owner/name, or the repository's id; all of the workspace's when it is left out
        #[arg(long)]
        repository: Option<String>,
    },
    /// Makes a workspace and prints its id
    CreateWorkspace {
        /// Its name
        #[arg(long)]
        name: String,
        /// Its part of the address; made from the name when it is left out
        #[arg(long, default_value = "")]
        slug: String,
        /// What it is for
        #[arg(long, default_value = "")]
        description: String,
        /// The address of the account that owns it, or its id
        #[arg(long)]
        owner: String,
    },
    /// Makes an account a member of a workspace and prints the member's id
    AddMember {
        /// The workspace's slug or id
        #[arg(long)]
        workspace: String,
        /// The account's address, or its id
        #[arg(long)]
        email: String,
        /// What they may do there
        #[arg(long, value_parser = roles(), default_value = Role::Member.as_str())]
        role: String,
    },
    /// Adds a repository to a workspace and prints its id
    AddRepository {
        /// The workspace's slug or id
        #[arg(long)]
        workspace: String,
        /// owner/name
        #[arg(long)]
        name: String,
        /// Its host; the first trusted issuer's when it is left out
        #[arg(long, default_value = "")]
        host: String,
    },
    /// Gives a repository a permission and prints its id
    AddPermission {
        /// The workspace's slug or id
        #[arg(long)]
        workspace: String,
        /// owner/name, or the repository's id
        #[arg(long)]
        repository: String,
        /// Such as ws:locks:create
        #[arg(long)]
        kind: String,
        /// Pattern for the workflow's file
        #[arg(long, default_value = "*")]
        workflow: String,
        /// Pattern for the branch
        #[arg(long, default_value = "*")]
        branch: String,
        /// Pattern for the environment
        #[arg(long, default_value = "*")]
        environment: String,
        /// The special events it allows, with commas between
        #[arg(long, value_delimiter = ',', value_parser = events(), default_value = SpecialEvent::PullRequest.as_str())]
        events: Vec<String>,
        /// Allows none of the special events
        #[arg(long, conflicts_with = "events")]
        no_events: bool,
    },
    /// Makes a repository token for ATMOS_PRO_TOKEN and prints it; it is not shown again
    CreateRepositoryToken {
        /// The workspace's slug or id
        #[arg(long)]
        workspace: String,
        /// owner/name, or the repository's id
        #[arg(long)]
        repository: String,
        /// What the log calls it
        #[arg(long)]
        name: String,
        /// Days until it stops working
        #[arg(long, default_value_t = DAYS_DEFAULT)]
        expires_in_days: u32,
        /// Works until it is revoked
        #[arg(long, conflicts_with = "expires_in_days")]
        never_expires: bool,
    },
    /// Makes an API key for the management API and prints it; it is not shown again
    CreateApiKey {
        /// The workspace's slug or id
        #[arg(long)]
        workspace: String,
        /// What the log calls it
        #[arg(long)]
        name: String,
        /// Which service has it
        #[arg(long, default_value = "")]
        description: String,
        /// What it may be used for, with commas between, such as groups:write,activity:read
        #[arg(long, value_delimiter = ',', value_parser = scopes())]
        scopes: Vec<String>,
        /// Days until it stops working
        #[arg(long, default_value_t = DAYS_DEFAULT)]
        expires_in_days: u32,
        /// Works until it is revoked
        #[arg(long, conflicts_with = "expires_in_days")]
        never_expires: bool,
    },
}

fn scopes() -> PossibleValuesParser {
    PossibleValuesParser::new(Scope::ALL.iter().map(|scope| scope.as_str()))
}

fn events() -> PossibleValuesParser {
    PossibleValuesParser::new(SpecialEvent::ALL.iter().map(|event| event.as_str()))
}

/// The roles that can be given: ownership is transferred.
fn roles() -> PossibleValuesParser {
    let given = Role::ALL.iter().filter(|role| **role != Role::Owner);
    PossibleValuesParser::new(given.map(|role| role.as_str()))
}

/// Runs one command against the database.
pub async fn run(args: Args) -> Result<(), Stop> {
    let config = StoreConfig::read(&args.store)?;
    let public_url = config.public_url(None);
    let db = open::database(&config).await?;
    let deps = open::deps(&config, &public_url, db.clone())?;
    let outcome = execute(&operator(&deps), args.command).await;
    db.close().await;
    outcome
}

async fn execute(ctx: &Ctx, command: Command) -> Result<(), Stop> {
    match command {
        Command::SetupLink => match setup::issue_link(ctx).await? {
            Some(secret) => say::line(&link(ctx, secret.expose())),
            None => {
                let text = "There is an account already. Make others with: stackyard admin create-user";
                return Err(Stop::Other(text.to_owned()));
            }
        },
        Command::CreateUser { email, name, password_stdin } => {
            let (password, made) = password(ctx, password_stdin)?;
            let account =
                accounts::create(ctx, NewAccount { name, email, password: password.clone() }).await?;
            say::line(account.id.as_str());
            show(made, &password);
        }
        Command::SetPassword { email, password_stdin } => {
            let (password, made) = password(ctx, password_stdin)?;
            accounts::set_password(ctx, &email, &password).await?;
            show(made, &password);
        }
        Command::DisableUser { email } => {
            accounts::disable(ctx, &email).await.map_err(|error| no_account(error, &email))?;
        }
        Command::EnableUser { email } => {
            accounts::enable(ctx, &email).await.map_err(|error| no_account(error, &email))?;
        }
        Command::EraseUser { email } => {
            let erased = accounts::erase(ctx, &email).await.map_err(|error| no_account(error, &email))?;
            say::line(erased.as_str());
        }
        Command::RevokeSessions { workspace, repository } => {
            let here = enter(ctx, &workspace).await?;
            let repository = match repository {
                Some(repository) => Some(find_repository(ctx, &here, &repository).await?.id),
                None => None,
            };
            say::line(&ci::revoke_sessions(ctx, &here, repository.as_ref()).await?.to_string());
        }
        Command::CreateWorkspace { name, slug, description, owner } => {
            let owner = person(ctx, &owner).await?;
            let new = NewWorkspace { name, slug, description };
            say::line(workspaces::create_for(ctx, &owner.id, new).await?.id.as_str());
        }
        Command::AddMember { workspace, email, role } => {
            let here = enter(ctx, &workspace).await?;
            let account = person(ctx, &email).await?;
            let role: Role = role.parse().map_err(|_| Stop::Other(format!("There is no role {role:?}.")))?;
            say::line(workspaces::add_member(ctx, &here, &account, role).await?.as_str());
        }
        Command::AddRepository { workspace, name, host } => {
            let here = enter(ctx, &workspace).await?;
            say::line(repositories::add(ctx, &here, &host, &name).await?.id.as_str());
        }
        Command::AddPermission {
            workspace,
            repository,
            kind,
            workflow,
            branch,
            environment,
            events,
            no_events,
        } => {
            let here = enter(ctx, &workspace).await?;
            let repository = find_repository(ctx, &here, &repository).await?;
            let events = Events::from_list(&if no_events { String::new() } else { events.join(",") });
            let input = PermissionInput { kind, workflow, branch, environment, events };
            say::line(permissions::add(ctx, &here, &repository.id, input).await?.id.as_str());
        }
        Command::CreateRepositoryToken { workspace, repository, name, expires_in_days, never_expires } => {
            let days = (!never_expires).then_some(expires_in_days);
            let here = enter(ctx, &workspace).await?;
            let repository = find_repository(ctx, &here, &repository).await?;
            let (_, secret) = tokens::create(ctx, &here, &repository.id, &name, days).await?;
            say::line(secret.expose());
        }
        Command::CreateApiKey { workspace, name, description, scopes, expires_in_days, never_expires } => {
            let here = enter(ctx, &workspace).await?;
            let kind = CredentialKind::ApiKey;
            let days = (!never_expires).then_some(expires_in_days);
            let input = CredentialInput { kind, name, description, scopes, days };
            let (_, secret) = credentials::create(ctx, &here, input).await?;
            say::line(secret.expose());
        }
    }
    Ok(())
}

async fn enter(ctx: &Ctx, workspace: &str) -> Result<Here, Stop> {
    access::enter_as_operator(ctx, workspace).await.map_err(|error| match error {
        Error::NotFound => Stop::Other(format!("There is no workspace {workspace:?}.")),
        other => other.into(),
    })
}

async fn find_repository(ctx: &Ctx, here: &Here, name_or_id: &str) -> Result<Repository, Stop> {
    let all = repositories::list(ctx, here, "").await?;
    let wanted = fold(name_or_id);
    let mut found = all.into_iter().filter(|one| one.id.as_str() == name_or_id || fold(&one.name) == wanted);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Stop::Other(format!("There is no repository {name_or_id:?} in this workspace."))),
        (Some(_), Some(_)) => {
            Err(Stop::Other(format!("There are several repositories {name_or_id:?}: name one by its id.")))
        }
    }
}

/// Who is named by an address or an id. By an address that nobody proved it is not known whose the account is: a link that
/// was handed over makes one for whoever holds it.
async fn person(ctx: &Ctx, email_or_id: &str) -> Result<Account, Stop> {
    let account = accounts::named(ctx, email_or_id).await.map_err(|error| no_account(error, email_or_id))?;
    if account.email_verified || email_or_id == account.id.as_str() {
        return Ok(account);
    }
    Err(Stop::Other(format!(
        "Nobody has proved that {} is the address of who has the account {} ({}). If you know that it is, name it by \
         that id.",
        account.email, account.id, account.name
    )))
}

fn no_account(error: Error, email: &str) -> Stop {
    match error {
        Error::NotFound => Stop::Other(format!("There is no account {email:?}.")),
        other => other.into(),
    }
}

/// The password from standard input, else a new one, and whether it is new.
fn password(ctx: &Ctx, from_input: bool) -> Result<(String, bool), Stop> {
    const LENGTH: usize = 24;
    if !from_input {
        let mut bytes = [0; LENGTH];
        ctx.deps().random.fill(&mut bytes);
        return Ok((bytes.iter().map(|byte| base62(u64::from(*byte))).collect(), true));
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Stop::Other(format!("The password cannot be read: {error}.")))?;
    Ok((text.trim_end_matches(['\r', '\n']).to_owned(), false))
}

fn show(made: bool, password: &str) {
    if made {
        say::line(password);
    }
}
