//! What the system says of this process, under the names that Prometheus' own clients use.

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use rustix::process::{Resource, getrlimit};
use stackyard_model::Ts;

/// The process's own figures.
pub(super) struct Process {
    resident: Gauge,
    files: Gauge,
}

impl Process {
    pub(super) fn register(registry: &mut Registry, started: Ts) -> Self {
        let process = registry.sub_registry_with_prefix("process");
        let gauge = |value: i64| {
            let gauge: Gauge = Gauge::default();
            gauge.set(value);
            gauge
        };
        let started = gauge(started.as_seconds());
        process.register_with_unit("start_time", "When the program started", Unit::Seconds, started);
        let most = getrlimit(Resource::Nofile).current.and_then(|most| i64::try_from(most).ok());
        process.register(
            "max_fds",
            "Files and connections that may be open",
            gauge(most.unwrap_or(i64::MAX)),
        );
        let (resident, files) = (gauge(0), gauge(0));
        process.register_with_unit("resident_memory", "Memory in use", Unit::Bytes, resident.clone());
        process.register("open_fds", "Files and connections that are open", files.clone());
        Self { resident, files }
    }

    pub(super) fn refresh(&self) {
        if let Some(bytes) = resident() {
            self.resident.set(bytes);
        }
        if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
            // One of them is the folder itself.
            self.files.set(i64::try_from(files.count().saturating_sub(1)).unwrap_or(i64::MAX));
        }
    }
}

fn resident() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
