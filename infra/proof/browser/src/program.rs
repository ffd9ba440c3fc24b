//! A sample's binary, built and started on a free port.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A running program. It ends with this value.
pub(crate) struct Program {
    child: Child,
    /// Kept open: a program whose words nobody takes may fail at saying them.
    _out: BufReader<ChildStdout>,
    /// Such as `http://127.0.0.1:40001`.
    pub address: String,
}

impl Program {
    /// Starts the program on a free port, and waits until it listens.
    pub fn start(package: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(binary(package))
            .args(["--port", "0"])
            .args(arguments)
            .env_remove("COSMOS_ENDPOINT")
            .env_remove("COSMOS_KEY")
            .env_remove("SERVICEBUS_NAMESPACE")
            .env_remove("SERVICEBUS_LOCAL_URL")
            .env("COSMOS_DISABLE_IMDS", "1")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output is piped"));
        let address =
            said(&mut out, |line| line.split_once("http://").map(|(_, rest)| rest.to_owned()));
        let address = format!("http://{}", address.trim_end_matches('/'));
        Self { child, address, _out: out }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program says first that is wanted.
pub(crate) fn said(out: &mut impl BufRead, wanted: impl Fn(&str) -> Option<String>) -> String {
    let lines = out.by_ref().lines().map_while(Result::ok);
    { lines.filter_map(|line| wanted(&line)) }.next().expect("the program says where it listens")
}

/// The program's file, built once per run of the tests.
fn binary(package: &str) -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let built = Command::new("cargo")
            .args(["build", "--quiet", "--locked", "--message-format=json", "-p", package])
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(built.status.success(), "{package} does not build");
        let said = String::from_utf8(built.stdout).expect("cargo says text");
        let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let files = messages.filter_map(|message| {
            let ours = message["target"]["name"] == package;
            message["executable"].as_str().filter(|_| ours).map(PathBuf::from)
        });
        { files }.next().expect("the package has a program")
    })
}
