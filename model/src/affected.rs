//! Affected uploads: what a commit changes and what depends on that, as a graph (rules §7).

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::activity::ActorType;
use crate::id::{AffectedId, RepositoryId};

/// One upload, without its graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Affected {
    /// Its id.
    pub id: AffectedId,
    /// The repository.
    pub repository_id: RepositoryId,
    /// The commit that was looked at, as the client names it.
    pub head_sha: String,
    /// The commit that it was compared with.
    pub base_sha: String,
    /// The branch of the run; none for a repository token.
    pub branch: Option<String>,
    /// The event that started the run; none for a repository token.
    pub event: Option<String>,
    /// What kind of actor uploaded it.
    pub actor_type: ActorType,
    /// The run or token.
    pub actor_id: String,
    /// What people call it.
    pub actor_name: String,
    /// The workflow's file, when a run uploaded it.
    pub workflow: Option<String>,
    /// Where the run can be watched.
    pub run_url: Option<String>,
    /// Instances that the commit changes.
    pub changed: i32,
    /// Instances that only depend on those.
    pub downstream: i32,
    /// Dependencies among all of them.
    pub edges: i32,
    /// Groups of instances that depend on each other in a circle.
    pub cycles: i32,
    /// Waves that are needed when each instance follows what it depends on.
    pub layers: i32,
    /// When it was uploaded.
    pub created_at: Ts,
}

/// One instance of an upload's graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AffectedNode {
    /// The stack.
    pub stack: String,
    /// The component, with its slashes.
    pub component: String,
    /// Whether the commit changes it; else it only depends on what is changed.
    pub changed: bool,
    /// Whether the commit deletes it.
    pub deleted: bool,
    /// Its wave, from 0: one after the last wave of what it depends on.
    pub layer: u32,
    /// Whether it is in a circle. All of a circle are in one wave.
    pub in_cycle: bool,
}

/// An upload's graph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AffectedGraph {
    /// The instances, by wave, stack and component.
    pub nodes: Vec<AffectedNode>,
    /// Pairs of places in `nodes`: what has to come first, and what depends on it. Ordered, none twice.
    pub edges: Vec<(u32, u32)>,
    /// The circles, each as places in `nodes`. One of a single place is an instance that depends on itself.
    pub cycles: Vec<Vec<u32>>,
}

/// One upload with its graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedDetails {
    /// The upload.
    pub upload: Affected,
    /// Its graph.
    pub graph: AffectedGraph,
}
