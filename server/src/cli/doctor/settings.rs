//! What can be said of the settings alone.

use super::Findings;
use crate::config::Config;

pub(super) fn look(config: &Config, found: &mut Findings) {
    let public = config.store.public_url(None);
    found.ok("settings", format!("listens on {}, known as {}", config.listen, public.origin()));
    let here_alone = config.listen.ip().is_loopback();
    if public.is_loopback() && !here_alone {
        found.warn(
            "address",
            format!(
                "others can reach {}, but links and cookies are made for {}: set STACKYARD_PUBLIC_URL",
                config.listen,
                public.origin()
            ),
        );
    } else if !public.https && !public.is_loopback() {
        found.warn("address", "plain http: passwords and tokens can be read on the way".to_owned());
    } else {
        found.ok("address", if public.https { "https" } else { "this machine alone" });
    }
    if public.https && config.trusted_proxies.is_empty() {
        found.warn(
            "proxy",
            "trusted_proxies is not set: behind a proxy everybody seems to come from one place, and their wrong passwords \
             are counted together",
        );
    } else if public.https && !here_alone {
        found.warn(
            "proxy",
            format!(
                "{} takes plain http from the network: let only the proxy reach it, which has the certificate",
                config.listen
            ),
        );
    } else {
        found.ok("proxy", format!("trusted_proxies: {}", config.trusted_proxies.len()));
    }
    match config.metrics_listen {
        Some(address) if !address.ip().is_loopback() => found.warn(
            "metrics",
            format!("{address} shows the figures to whoever reaches it: let only Prometheus do so"),
        ),
        Some(address) => found.ok("metrics", format!("at http://{address}/metrics")),
        None => found.ok("metrics", "none; STACKYARD_METRICS_LISTEN turns them on"),
    }
}
