//! Servers that are measured, each a process of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A server that runs until this is dropped.
pub struct Server {
    child: Child,
    /// Kept open: a server that says another line must not fail for it.
    _output: BufReader<ChildStdout>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server and waits for the line that says where it listens.
    pub fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", command.get_program().display()))?;
        let mut output = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut said = String::new();
        while output.read_line(&mut said)? > 0 {
            if let Some(port) = port_in(&said) {
                let address = SocketAddr::from(([127, 0, 0, 1], port));
                return Ok(Self { child, _output: output, address });
            }
        }
        child.wait()?;
        bail!("{} ended instead of listening. {said}", command.get_program().display())
    }

    /// Resident memory, in megabytes.
    pub fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024.0 / 1e6)
    }

    /// Seconds of CPU that it has used.
    pub fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name may hold spaces; what follows its parenthesis does not.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
        let (user, system) = ticks(11).zip(ticks(12)).context("no times in /proc")?;
        #[expect(clippy::cast_precision_loss, reason = "a hundred ticks a second")]
        let second = rustix::param::clock_ticks_per_second() as f64;
        Ok(f64::from(user + system) / second)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its data is thrown away too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port of the first address in what a server said.
fn port_in(said: &str) -> Option<u16> {
    let (_, rest) = said.split_once("http://")?;
    let (_, port) = rest.lines().next()?.rsplit_once(':')?;
    port.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_servers_say() {
        assert_eq!(port_in("Stackyard is at http://localhost:4177\n"), Some(4177));
        assert_eq!(port_in("a line\nhttp://127.0.0.1:80\n"), Some(80));
        assert_eq!(port_in("a line\n"), None);
    }
}
