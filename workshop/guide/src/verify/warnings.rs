//! That an attendee's editor begins without a wall of warnings.

use super::{Bench, Findings};
use crate::error::Error;
use crate::{manifest, solved};

/// Runs clippy over the untouched starters and the checks, both ways of the switch.
pub fn look(bench: &Bench) -> Result<Findings, Error> {
    let (mut packages, mut features) = (Vec::new(), Vec::new());
    for module in bench.course.modules()? {
        if module.steps()?.is_empty() {
            continue;
        }
        bench.put(&solved::exercise(&module, |_| false)?)?;
        let checks = manifest::package_name(&module.path("Cargo.toml"))?;
        packages.push(manifest::package_name(&module.path("exercise/Cargo.toml"))?);
        features.push(format!("{checks}/mine"));
        packages.push(checks);
    }
    let mut arguments = vec!["clippy", "--offline", "--all-targets"];
    for package in &packages {
        arguments.extend(["-p", package]);
    }
    let features = features.join(",");
    let mut findings = Findings::new();
    for switch in [&[][..], &["--features", &features]] {
        let said = bench.cargo(&[&arguments, switch, &["--", "-D", "warnings"]].concat())?;
        if !said.succeeded {
            let text = said.diagnostics();
            findings.push(format!("starters have warnings: repair the solutions\n{text}"));
        }
    }
    Ok(findings)
}
