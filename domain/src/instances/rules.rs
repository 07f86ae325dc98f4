//! What is decided of inventories and reports. Pure (rules §7).

use serde_json::Value;
use stackyard_model::instance::{InstanceStatus, ReportCommand};
use stackyard_model::quote::is_control;

use super::upload::InstanceInput;
use crate::uploads::{self, NAME_MAX, is_name, listed};

/// Most bytes of a component's type.
const TYPE_MAX: usize = 100;
/// Most bytes of an instance's settings.
const PRO_MAX: usize = 64 * 1024;

/// Whether it is managed: `settings.pro.enabled`, true unless it says otherwise.
pub(super) fn enabled(pro: Option<&Value>) -> bool {
    flag(pro, "/enabled").unwrap_or(true)
}

/// Whether it is looked at for drift: only where it says so and is managed.
pub(super) fn drift_enabled(pro: Option<&Value>) -> bool {
    enabled(pro) && flag(pro, "/drift_detection/enabled").unwrap_or(false)
}

fn flag(pro: Option<&Value>, pointer: &str) -> Option<bool> {
    pro?.pointer(pointer)?.as_bool()
}

/// What cannot be kept of instances and their settings as text; the first problems, as people read them.
pub(super) fn unkeepable<'a>(
    instances: impl Iterator<Item = (&'a InstanceInput, Option<&'a str>)>,
) -> Vec<String> {
    let is_type = |name: &str| name.len() <= TYPE_MAX && !name.chars().any(is_control);
    listed(instances.filter_map(|(instance, settings)| {
        let what = if !is_name(&instance.stack) || !is_name(&instance.component) {
            format!("a name has 1 to {NAME_MAX} bytes and no control characters")
        } else if !is_type(&instance.component_type) {
            format!("a type has at most {TYPE_MAX} bytes and no control characters")
        } else if settings.is_some_and(|settings| settings.len() > PRO_MAX) {
            format!("`settings.pro` has at most {} KiB", PRO_MAX / 1024)
        } else {
            return None;
        };
        Some(format!("{}: {what}", place(instance)))
    }))
}

/// Instances that are looked at for drift and lack the workflow that looks or the one that mends.
pub(super) fn missing_workflows(instances: &[InstanceInput]) -> Vec<String> {
    let missing =
        instances.iter().filter(|instance| drift_enabled(instance.pro.as_ref())).flat_map(|instance| {
            ["detect", "remediate"].into_iter().filter_map(move |step| {
                let workflows = instance.pro.as_ref()?.pointer(&format!("/drift_detection/{step}/workflows"));
                let there = workflows.and_then(Value::as_object).is_some_and(|map| !map.is_empty());
                (!there).then(|| format!("{}: {step} workflow", place(instance)))
            })
        });
    listed(missing)
}

fn place(instance: &InstanceInput) -> String {
    uploads::place(&instance.stack, &instance.component)
}

/// Whether a client uploads everything that it manages, so that what is missing is gone: from 1.216 on.
pub(super) fn uploads_everything(user_agent: Option<&str>) -> bool {
    let version = user_agent.and_then(|agent| agent.strip_prefix("atmos/")).unwrap_or_default();
    let mut numbers = version.split(['.', ' ', '-']).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (1, 216),
        _ => false,
    }
}

/// Whether so many of the known may vanish at once: less than three in ten. More than that is rather a filter, of which
/// the upload says nothing.
pub(super) const fn may_vanish(absent: usize, known: usize) -> bool {
    absent * 10 < known * 3
}

/// What a command's exit code says.
pub(super) const fn status(command: ReportCommand, exit_code: i32) -> InstanceStatus {
    match (command, exit_code) {
        (_, 0) => InstanceStatus::InSync,
        (ReportCommand::Plan, 2) => InstanceStatus::Drifted,
        _ => InstanceStatus::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn instance(pro: Value) -> InstanceInput {
        InstanceInput {
            stack: "dev".to_owned(),
            component: "eks/cluster".to_owned(),
            component_type: "terraform".to_owned(),
            pro: Some(pro),
        }
    }

    #[test]
    fn what_says_nothing_is_managed_and_not_looked_at() {
        assert!(enabled(None) && !drift_enabled(None));
        assert!(enabled(Some(&json!({}))) && enabled(Some(&json!("words"))));
        assert!(!enabled(Some(&json!({"enabled": false}))));
        let both = json!({"enabled": true, "drift_detection": {"enabled": true}});
        assert!(drift_enabled(Some(&both)));
        assert!(!drift_enabled(Some(&json!({"enabled": false, "drift_detection": {"enabled": true}}))));
    }

    #[test]
    fn drift_needs_both_workflows() {
        let whole = |detect: Value, remediate: Value| {
            instance(json!({"drift_detection": {"enabled": true, "detect": detect, "remediate": remediate}}))
        };
        let some = || json!({"workflows": {"plan.yaml": {}}});
        assert!(missing_workflows(&[whole(some(), some())]).is_empty());
        assert_eq!(missing_workflows(&[whole(some(), json!({}))]), ["`dev/eks/cluster`: remediate workflow"]);
        let empty = whole(json!({"workflows": {}}), json!(7));
        assert_eq!(missing_workflows(std::slice::from_ref(&empty)).len(), 2);
        let many = missing_workflows(&vec![empty; 10_000]);
        assert_eq!((many.len(), many.last().unwrap().as_str()), (51, "and 19950 more"));
        assert!(missing_workflows(&[instance(json!({"drift_detection": {"enabled": false}}))]).is_empty());
    }

    #[test]
    fn only_newer_clients_upload_everything() {
        for (agent, everything) in [
            ("atmos/1.226.1 (linux; amd64)", true),
            ("atmos/1.216.0", true),
            ("atmos/2.0.0-rc1", true),
            ("atmos/1.215.9 (linux; amd64)", false),
            ("atmos/dev", false),
            ("curl/8", false),
            ("", false),
        ] {
            assert_eq!(uploads_everything(Some(agent)), everything, "{agent}");
        }
        assert!(!uploads_everything(None));
    }

    #[test]
    fn a_large_share_does_not_vanish() {
        assert!(may_vanish(2, 7) && may_vanish(0, 1));
        assert!(!may_vanish(3, 10) && !may_vanish(1, 1));
    }

    #[test]
    fn exit_codes_are_read_as_terraform_means_them() {
        assert_eq!(status(ReportCommand::Plan, 0), InstanceStatus::InSync);
        assert_eq!(status(ReportCommand::Plan, 2), InstanceStatus::Drifted);
        assert_eq!(status(ReportCommand::Plan, 1), InstanceStatus::Error);
        assert_eq!(status(ReportCommand::Apply, 0), InstanceStatus::InSync);
        assert_eq!(status(ReportCommand::Apply, 2), InstanceStatus::Error);
    }
}
